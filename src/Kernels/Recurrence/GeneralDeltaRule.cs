using System.Runtime.CompilerServices;
using Hearth.Kernels.Isa;

namespace Hearth.Kernels.Recurrence;

/// <summary>
/// The generalised delta rule of RWKV-7 (Peng et al. 2025): every row decays by itself, and what is removed and where it is added again
/// are vectors of their own. With held = S^T removal: S = diag(decays) S + key value^T + replacement held^T; output = S^T query.
/// </summary>
internal static unsafe class GeneralDeltaRule<TRung>
    where TRung : unmanaged, IRung<TRung>
{
    [MethodImpl(InnerLoop.Options)]
    public static void Run(in HeadTask task)
    {
        for (int column = 0; column < task.ValueLength; column += Lanes<TRung>.All)
        {
            int lanes = Math.Min(Lanes<TRung>.All, task.ValueLength - column);
            float* state = task.State + (column * task.KeyLength);
            for (int token = 0; token < task.Tokens; token++)
            {
                var held = StateRows<TRung>.Sum(new LookUp(state, task.Removals[token]), task.KeyLength);
                var value = Lanes<TRung>.Load(task.Values[token] + column, lanes);
                var change = new WriteAndRead(
                    state, task.Decays[token], task.Keys[token], value, task.Replacements[token], held, task.Queries[token]);
                Lanes<TRung>.Store(StateRows<TRung>.Sum(change, task.KeyLength), task.Outputs[token] + column, lanes);
            }
        }
    }

    private readonly struct LookUp(float* state, float* removal) : IStateRow<TRung>
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public TRung Add(int row, TRung sum)
            => TRung.MultiplyAdd(TRung.Broadcast(removal[row]), TRung.Load(state + (row * Lanes<TRung>.All)), sum);
    }

    private readonly struct WriteAndRead(
        float* state, float* decays, float* key, TRung value, float* replacement, TRung held, float* query) : IStateRow<TRung>
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public TRung Add(int row, TRung sum)
        {
            float* columns = state + (row * Lanes<TRung>.All);
            var written = TRung.MultiplyAdd(TRung.Broadcast(replacement[row]), held, TRung.Broadcast(key[row]) * value);
            var changed = TRung.MultiplyAdd(TRung.Load(columns), TRung.Broadcast(decays[row]), written);
            TRung.Store(changed, columns);
            return TRung.MultiplyAdd(TRung.Broadcast(query[row]), changed, sum);
        }
    }
}

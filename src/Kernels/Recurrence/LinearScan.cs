using System.Runtime.CompilerServices;
using Hearth.Kernels.Isa;

namespace Hearth.Kernels.Recurrence;

/// <summary>
/// The recurrence of Mamba-2 (Dao and Gu 2024) and of gated linear attention: S = decay * S + key (rate * value)^T, output = S^T query.
/// </summary>
internal static unsafe class LinearScan<TRung>
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
                var value = Lanes<TRung>.Load(task.Values[token] + column, lanes) * TRung.Broadcast(*task.Rates[token]);
                var change = new WriteAndRead(
                    state, TRung.Broadcast(*task.Decays[token]), task.Keys[token], value, task.Queries[token]);
                Lanes<TRung>.Store(StateRows<TRung>.Sum(change, task.KeyLength), task.Outputs[token] + column, lanes);
            }
        }
    }

    private readonly struct WriteAndRead(float* state, TRung decay, float* key, TRung value, float* query) : IStateRow<TRung>
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public TRung Add(int row, TRung sum)
        {
            float* columns = state + (row * Lanes<TRung>.All);
            var changed = TRung.MultiplyAdd(TRung.Load(columns), decay, TRung.Broadcast(key[row]) * value);
            TRung.Store(changed, columns);
            return TRung.MultiplyAdd(TRung.Broadcast(query[row]), changed, sum);
        }
    }
}

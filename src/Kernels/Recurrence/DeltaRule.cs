using System.Runtime.CompilerServices;
using Hearth.Kernels.Isa;

namespace Hearth.Kernels.Recurrence;

/// <summary>
/// The gated delta rule (Yang et al. 2024): the state decays, then what it holds under the token's key is moved towards the token's
/// value. S = decay * S; S += key (rate * (value - S^T key))^T; output = S^T query.
/// </summary>
internal static unsafe class DeltaRule<TRung>
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
                float* key = task.Keys[token];
                var held = StateRows<TRung>.Sum(new DecayAndLookUp(state, TRung.Broadcast(*task.Decays[token]), key), task.KeyLength);
                var value = Lanes<TRung>.Load(task.Values[token] + column, lanes);
                var correction = (value - held) * TRung.Broadcast(*task.Rates[token]);
                var output = StateRows<TRung>.Sum(new CorrectAndRead(state, key, correction, task.Queries[token]), task.KeyLength);
                Lanes<TRung>.Store(output, task.Outputs[token] + column, lanes);
            }
        }
    }

    private readonly struct DecayAndLookUp(float* state, TRung decay, float* key) : IStateRow<TRung>
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public TRung Add(int row, TRung sum)
        {
            float* columns = state + (row * Lanes<TRung>.All);
            var decayed = TRung.Load(columns) * decay;
            TRung.Store(decayed, columns);
            return TRung.MultiplyAdd(TRung.Broadcast(key[row]), decayed, sum);
        }
    }

    private readonly struct CorrectAndRead(float* state, float* key, TRung correction, float* query) : IStateRow<TRung>
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public TRung Add(int row, TRung sum)
        {
            float* columns = state + (row * Lanes<TRung>.All);
            var corrected = TRung.MultiplyAdd(TRung.Broadcast(key[row]), correction, TRung.Load(columns));
            TRung.Store(corrected, columns);
            return TRung.MultiplyAdd(TRung.Broadcast(query[row]), corrected, sum);
        }
    }
}

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
            for (int token = 0; token < task.Tokens; token++)
            {
                var decay = TRung.Broadcast(*task.Decays[token]);
                float* key = task.Keys[token];
                float* query = task.Queries[token];
                var held = TRung.Zero;
                for (int i = 0; i < task.KeyLength; i++)
                {
                    var state = TRung.Load(task.State[i] + column) * decay;
                    TRung.Store(state, task.State[i] + column);
                    held = TRung.MultiplyAdd(TRung.Broadcast(key[i]), state, held);
                }

                var change = (Lanes<TRung>.Load(task.Values[token] + column, lanes) - held) * TRung.Broadcast(*task.Rates[token]);
                var output = TRung.Zero;
                for (int i = 0; i < task.KeyLength; i++)
                {
                    var state = TRung.MultiplyAdd(TRung.Broadcast(key[i]), change, TRung.Load(task.State[i] + column));
                    TRung.Store(state, task.State[i] + column);
                    output = TRung.MultiplyAdd(TRung.Broadcast(query[i]), state, output);
                }

                Lanes<TRung>.Store(output, task.Outputs[token] + column, lanes);
            }
        }
    }
}

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
            for (int token = 0; token < task.Tokens; token++)
            {
                var decay = TRung.Broadcast(*task.Decays[token]);
                var value = Lanes<TRung>.Load(task.Values[token] + column, lanes) * TRung.Broadcast(*task.Rates[token]);
                float* key = task.Keys[token];
                float* query = task.Queries[token];
                var output = TRung.Zero;
                for (int i = 0; i < task.KeyLength; i++)
                {
                    var state = TRung.MultiplyAdd(
                        TRung.Load(task.State[i] + column), decay, TRung.Broadcast(key[i]) * value);
                    TRung.Store(state, task.State[i] + column);
                    output = TRung.MultiplyAdd(TRung.Broadcast(query[i]), state, output);
                }

                Lanes<TRung>.Store(output, task.Outputs[token] + column, lanes);
            }
        }
    }
}

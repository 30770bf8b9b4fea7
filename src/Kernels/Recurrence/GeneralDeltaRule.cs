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
            for (int token = 0; token < task.Tokens; token++)
            {
                float* decay = task.Decays[token];
                float* key = task.Keys[token];
                float* query = task.Queries[token];
                float* removal = task.Removals[token];
                float* replacement = task.Replacements[token];
                var value = Lanes<TRung>.Load(task.Values[token] + column, lanes);
                var held = TRung.Zero;
                for (int i = 0; i < task.KeyLength; i++)
                    held = TRung.MultiplyAdd(TRung.Broadcast(removal[i]), TRung.Load(task.State[i] + column), held);

                var output = TRung.Zero;
                for (int i = 0; i < task.KeyLength; i++)
                {
                    var written = TRung.MultiplyAdd(TRung.Broadcast(replacement[i]), held, TRung.Broadcast(key[i]) * value);
                    var state = TRung.MultiplyAdd(TRung.Load(task.State[i] + column), TRung.Broadcast(decay[i]), written);
                    TRung.Store(state, task.State[i] + column);
                    output = TRung.MultiplyAdd(TRung.Broadcast(query[i]), state, output);
                }

                Lanes<TRung>.Store(output, task.Outputs[token] + column, lanes);
            }
        }
    }
}

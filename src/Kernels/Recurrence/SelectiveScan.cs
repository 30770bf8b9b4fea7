using System.Runtime.CompilerServices;
using Hearth.Kernels.Elementwise;
using Hearth.Kernels.Isa;

namespace Hearth.Kernels.Recurrence;

/// <summary>
/// The recurrence of Mamba (Gu and Dao 2023): every channel keeps a few numbers, s_n = exp(step * rate_n) s_n + step * x * write_n, and
/// gives y = skip * x + sum of s_n * read_n. A lane is a channel, so no sum runs across lanes.
/// </summary>
internal static unsafe class SelectiveScan<TRung>
    where TRung : unmanaged, IRung<TRung>
{
    [MethodImpl(InnerLoop.Options)]
    public static void Run(in SelectiveScanTask task)
    {
        var skip = Lanes<TRung>.Load(task.Skip, task.Lanes);
        for (int token = 0; token < task.Tokens; token++)
        {
            var x = Lanes<TRung>.Load(task.Inputs[token], task.Lanes);
            var step = Lanes<TRung>.Load(task.Steps[token], task.Lanes);
            var change = step * x;
            var y = skip * x;
            float* write = task.Writes[token];
            float* read = task.Reads[token];
            for (int n = 0; n < task.StateLength; n++)
            {
                var decay = VectorMath<TRung>.Exp(step * Lanes<TRung>.Load(task.Rates[n], task.Lanes));
                var state = TRung.MultiplyAdd(TRung.Load(task.State[n]), decay, change * TRung.Broadcast(write[n]));
                TRung.Store(state, task.State[n]);
                y = TRung.MultiplyAdd(state, TRung.Broadcast(read[n]), y);
            }

            Lanes<TRung>.Store(y, task.Outputs[token], task.Lanes);
        }
    }
}

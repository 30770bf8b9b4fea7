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
            var change = new WriteAndRead(task.State, task.Rates, step, step * x, task.Writes[token], task.Reads[token]);
            var read = StateRows<TRung>.Sum(change, task.StateLength);
            Lanes<TRung>.Store(TRung.MultiplyAdd(skip, x, read), task.Outputs[token], task.Lanes);
        }
    }

    private readonly struct WriteAndRead(float* state, float* rates, TRung step, TRung input, float* write, float* read) : IStateRow<TRung>
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public TRung Add(int row, TRung sum)
        {
            int at = row * Lanes<TRung>.All;
            var decay = VectorMath<TRung>.Exp(step * TRung.Load(rates + at));
            var changed = TRung.MultiplyAdd(TRung.Load(state + at), decay, input * TRung.Broadcast(write[row]));
            TRung.Store(changed, state + at);
            return TRung.MultiplyAdd(changed, TRung.Broadcast(read[row]), sum);
        }
    }
}

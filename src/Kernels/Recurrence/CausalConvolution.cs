using System.Runtime.CompilerServices;
using Hearth.Kernels.Isa;

namespace Hearth.Kernels.Recurrence;

/// <summary>y[t] = bias + sum over j of taps[j] * x[t - kernel + 1 + j], channel by channel, in ascending order of j.</summary>
internal static unsafe class CausalConvolution<TRung>
    where TRung : unmanaged, IRung<TRung>
{
    [MethodImpl(InnerLoop.Options)]
    public static void Run(in ConvolutionTask task)
    {
        int past = task.Kernel - 1;
        var bias = task.Bias == null ? TRung.Zero : Lanes<TRung>.Load(task.Bias, task.Lanes);
        for (int token = 0; token < task.Tokens; token++)
        {
            var sum = bias;
            for (int tap = 0; tap < task.Kernel; tap++)
                sum = TRung.MultiplyAdd(Input(task, token - past + tap), Lanes<TRung>.Load(task.Taps[tap], task.Lanes), sum);
            Lanes<TRung>.Store(sum, task.Outputs[token], task.Lanes);
        }

        // Ascending, so that a tail that moves within itself is read before it is overwritten.
        for (int i = 0; i < past; i++)
            TRung.Store(Input(task, task.Tokens - past + i), task.Tail[i]);
    }

    /// <summary>The input of a token, or of one before the first.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static TRung Input(in ConvolutionTask task, int token)
        => token < 0 ? TRung.Load(task.Tail[token + task.Kernel - 1]) : Lanes<TRung>.Load(task.Inputs[token], task.Lanes);
}

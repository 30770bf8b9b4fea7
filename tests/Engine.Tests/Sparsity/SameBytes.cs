using Hearth.Engine.Tests.Models;
using Hearth.Kernels;

namespace Hearth.Engine.Tests.Sparsity;

/// <summary>What must not change a byte of a model's logits, whatever it leaves unread.</summary>
internal static class SameBytes
{
    /// <summary>Compares numbers of threads, passes of any length, and other sequences in the same passes.</summary>
    public static void OverThreadsChunksAndCompany(int[] tokens, Func<int, LoadedModel> open)
    {
        byte[]? first = null;
        foreach (int threads in (int[])[1, 2, 5])
        {
            using var model = open(threads);
            foreach (int chunk in (int[])[tokens.Length, 1, 2, 3, 4, 7])
            {
                byte[] alone = LoadedModel.Bytes(model.Logits(tokens, chunk));
                first ??= alone;
                Assert.True(first.AsSpan().SequenceEqual(alone), $"{threads} threads, passes of {chunk} tokens");
                byte[] mixed = LoadedModel.Bytes(model.LogitsAmongOthers(tokens, chunk));
                Assert.True(first.AsSpan().SequenceEqual(mixed), $"{threads} threads, passes of {chunk} tokens, mixed with two other sequences");
            }
        }
    }

    /// <summary>Compares the rungs of this machine.</summary>
    public static void OnEveryRung(int[] tokens, Func<KernelSet, LoadedModel> open)
    {
        byte[]? first = null;
        foreach (var kernels in KernelSet.Supported)
        {
            using var model = open(kernels);
            foreach (int chunk in (int[])[64, 1])
            {
                byte[] logits = LoadedModel.Bytes(model.Logits(tokens, chunk));
                first ??= logits;
                Assert.True(first.AsSpan().SequenceEqual(logits), $"{kernels.Rung} and {KernelSet.Supported[0].Rung} differ, passes of {chunk}");
            }
        }
    }
}

using Hearth.Kernels.Matmul;
using Hearth.Kernels.Memory;
using Hearth.Kernels.Threading;

namespace Hearth.Engine.Models.Experts;

/// <summary>The matrices of an expert, which come into memory and leave it together.</summary>
internal sealed class CachedExpert
{
    private readonly (PackedMatrix Matrix, FileMatrix Source, long Offset)[] matrices;

    /// <summary>Lays out the matrices one after another.</summary>
    /// <param name="sources">Vacant matrices, and where they are read from.</param>
    public CachedExpert(IReadOnlyList<(PackedMatrix Matrix, FileMatrix Source)> sources)
    {
        matrices = new (PackedMatrix, FileMatrix, long)[sources.Count];
        for (int i = 0; i < matrices.Length; i++)
        {
            var (matrix, source) = sources[i];
            matrices[i] = (matrix, source, Bytes);

            // Behind each matrix stand the bytes that a full vector load may read too many.
            Bytes = checked(Bytes + Aligned(matrix.Bytes + AlignedBuffer.SlackBytes));
        }
    }

    /// <summary>Bytes of the packed matrices with what lies between them.</summary>
    public long Bytes { get; }

    /// <summary>The slot of the cache that the expert is in; negative for none.</summary>
    public int Slot { get; private set; } = -1;

    /// <summary>Asks for the matrices' pages of the file, unless they are packed already.</summary>
    public void Prefetch()
    {
        if (Slot >= 0)
            return;
        foreach (var (_, source, _) in matrices)
            source.Prefetch();
    }

    /// <summary>Packs the matrices into a slot.</summary>
    public void Enter(int slot, nint memory, WorkerPool pool)
    {
        foreach (var (matrix, source, offset) in matrices)
            source.Fill(matrix, memory + (nint)offset, pool);
        Slot = slot;
    }

    /// <summary>Gives the slot to others.</summary>
    public void Leave()
    {
        Slot = -1;
        foreach (var (matrix, _, _) in matrices)
            matrix.Vacate();
    }

    private static long Aligned(long bytes) => (bytes + AlignedBuffer.Alignment - 1) & -AlignedBuffer.Alignment;
}

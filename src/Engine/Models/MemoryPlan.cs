using Hearth.Engine.Sessions;
using Hearth.Engine.Sparsity;
using Hearth.Kernels.Memory;

namespace Hearth.Engine.Models;

/// <summary>
/// Where a model's weights will be, decided before anything is loaded: a model that is too large shall be told so, and not ended by the
/// system halfway.
/// </summary>
/// <param name="WeightBytes">Weights as they would lie in memory, all of them.</param>
/// <param name="ExpertBytes">Of these, experts that can be read from the file one by one.</param>
/// <param name="CacheBytes">Keys, values and states of one sequence.</param>
/// <param name="AvailableBytes">Memory that there is for the model.</param>
/// <param name="AreMapped">Whether the matrices are in a file of panels, which the system reads and forgets as it sees fit.</param>
/// <param name="ExpertLimit">The most bytes of experts in memory at the same time; null for all.</param>
public sealed record MemoryPlan(
    long WeightBytes, long ExpertBytes, long CacheBytes, long AvailableBytes, bool AreMapped, long? ExpertLimit)
{
    // Scratch memory and the runtime's own come on top.
    private const int ReservedShare = 16;
    private const long LeastReserve = 64 << 20;

    /// <summary>Bytes that a tensor takes while it is made of others, as in a folder, beside the packed ones.</summary>
    public long DerivedBytes { get; init; }

    /// <summary>
    /// Bytes that blocks which read only active neurons take more than <see cref="WeightBytes"/> says: last matrices may have more bits there, and what a file
    /// of panels has of these blocks is not what they read.
    /// </summary>
    public long SparseBytes { get; init; }

    /// <summary>Whether all weights can be in memory at the same time.</summary>
    public bool Fits => WeightBytes + (AreMapped ? 0 : SparseBytes) + CacheBytes <= AvailableBytes;

    /// <summary>Decides.</summary>
    /// <param name="summary">The model.</param>
    /// <param name="context">Positions of the sequence.</param>
    /// <param name="options">What the user says.</param>
    /// <param name="memory">What the system says.</param>
    /// <param name="hasPanels">Whether there is a file of panels.</param>
    public static MemoryPlan Of(ModelSummary summary, int context, HearthModelOptions options, SystemMemory memory, bool hasPanels)
    {
        ArgumentNullException.ThrowIfNull(summary);
        ArgumentNullException.ThrowIfNull(options);
        long available = options.MemoryLimit ?? memory.AvailableBytes;
        bool isWhole = options.Sparsity == SparsityMode.Off || options.Adapters.Count > 0;
        var plan = new MemoryPlan(
            summary.ResidentBytes + (isWhole ? summary.TurnedBytes : 0),
            summary.ExpertBytes,
            summary.CacheBytes(context, options.CacheTypeK, options.CacheTypeV) + summary.StateBytes,
            available,
            hasPanels,
            options.ExpertsMemory)
        {
            DerivedBytes = hasPanels ? 0 : summary.LargestDerivedBytes,
        };
        if (options.ExpertsMemory != null || hasPanels || summary.ExpertBytes == 0)
            return plan;
        long left = available - Math.Max(LeastReserve, available / ReservedShare)
            - plan.CacheBytes - plan.DerivedBytes - (plan.WeightBytes - plan.ExpertBytes);
        return left >= plan.ExpertBytes ? plan : plan with { ExpertLimit = Math.Max(left, 0) };
    }

    /// <summary>Refuses a model whose weights will not fit however they are placed.</summary>
    /// <param name="name">The model, for the message.</param>
    /// <param name="swapBytes">What the system can move out to swap space.</param>
    /// <exception cref="InsufficientMemoryException">It does not fit.</exception>
    public void Check(string name, long swapBytes)
    {
        long experts = ExpertLimit is { } limit ? Math.Min(limit, ExpertBytes) : AreMapped ? 0 : ExpertBytes;
        long others = (AreMapped ? 0 : WeightBytes - ExpertBytes) + SparseBytes;
        if (others + experts + CacheBytes + DerivedBytes <= AvailableBytes + swapBytes)
            return;
        if (SparseBytes > 0)
        {
            throw new InsufficientMemoryException(FormattableString.Invariant(
                $"{name} takes {Mebibytes(others + experts + DerivedBytes)} MiB for its weights, {Mebibytes(SparseBytes)} MiB of them because only active neurons are to be read, and {Mebibytes(CacheBytes)} MiB for its cache, and {Mebibytes(AvailableBytes)} MiB are available;")
                + " read whole it takes less (--sparse off).");
        }

        if (DerivedBytes > 0)
        {
            throw new InsufficientMemoryException(FormattableString.Invariant(
                $"{name} takes {Mebibytes(WeightBytes)} MiB for its weights, {Mebibytes(DerivedBytes)} MiB while they are converted and {Mebibytes(CacheBytes)} MiB for its cache, and {Mebibytes(AvailableBytes)} MiB are available;")
                + " a GGUF file of the folder takes less, and its experts can be read one by one (hearth convert --type Q8_0).");
        }

        throw new InsufficientMemoryException(FormattableString.Invariant(
            $"{name} takes {Mebibytes(WeightBytes)} MiB for its weights and {Mebibytes(CacheBytes)} MiB for its cache, and {Mebibytes(AvailableBytes)} MiB are available;")
            + " a file with fewer bits a weight takes less (hearth quantize), and one with panels beside it"
            + " is mapped instead of loaded, so that it runs at the speed of the disk (hearth pack).");
    }

    private static long Mebibytes(long bytes) => (bytes + (1 << 20) - 1) >> 20;
}

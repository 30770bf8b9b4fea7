using Hearth.Engine.Files.Gguf;
using Hearth.Kernels.Formats;
using Hearth.Kernels.Threading;

namespace Hearth.Engine.Quantization;

/// <summary>Decodes and encodes a tensor slab by slab, the rows of a slab in parallel.</summary>
internal sealed class TensorEncoder(WorkerPool pool, CancellationToken cancellation)
{
    /// <summary>Bytes of an encoded slab, unless one row has more.</summary>
    private const int SlabBytes = 1 << 22;

    private const int ChunksPerThread = 8;

    private readonly float[][] rows = new float[pool.Threads][];
    private byte[] slab = [];

    /// <summary>Writes a tensor.</summary>
    /// <param name="tensor">The tensor.</param>
    /// <param name="importance">Of its columns, for each matrix or for all; or empty.</param>
    /// <param name="stream">Receives the bytes.</param>
    /// <param name="report">Told how many bytes of the original are done, again and again.</param>
    public void Write(PlannedTensor tensor, float[] importance, Stream stream, Action<long> report)
    {
        if (tensor.IsKept)
        {
            Copy(tensor.Source, stream, report);
            return;
        }

        var source = tensor.Source;
        var job = new Job(
            source, PlannedTensor.FormatOf(source.Type), PlannedTensor.FormatOf(tensor.Type), checked((int)tensor.Columns), importance);
        foreach (ref float[] row in rows.AsSpan())
        {
            if (row is null || row.Length < job.Columns)
                row = new float[job.Columns];
        }

        long count = source.ElementCount / job.Columns;
        int slabRows = (int)Math.Clamp(SlabBytes / job.TargetRowBytes, 1, Math.Max(count, 1));
        if (slab.Length < slabRows * job.TargetRowBytes)
            slab = new byte[slabRows * job.TargetRowBytes];
        for (long first = 0; first < count; first += slabRows)
        {
            cancellation.ThrowIfCancellationRequested();
            int present = (int)Math.Min(slabRows, count - first);
            int chunks = Math.Min(present, ChunksPerThread * pool.Threads);
            var region = new SlabRegion(this, job, first, present, chunks);
            pool.Run(ref region, chunks);
            stream.Write(slab, 0, checked((int)(present * job.TargetRowBytes)));
            source.Release(first * job.SourceRowBytes, present * job.SourceRowBytes);
            report(present * job.SourceRowBytes);
        }
    }

    private void Copy(GgufTensor source, Stream stream, Action<long> report)
    {
        for (long at = 0; at < source.ByteLength; at += SlabBytes)
        {
            cancellation.ThrowIfCancellationRequested();
            long bytes = Math.Min(SlabBytes, source.ByteLength - at);
            stream.Write(source.Slice(at, bytes));
            source.Release(at, bytes);
            report(bytes);
        }
    }

    private sealed record Job(GgufTensor Source, WeightFormat From, WeightFormat To, int Columns, float[] Importance)
    {
        private readonly long matrixRows = Source.Dimensions.Length > 1 ? Math.Max(Source.Dimensions[1], 1) : 1;

        public long SourceRowBytes { get; } = From.RowBytes(Columns);

        public long TargetRowBytes { get; } = To.RowBytes(Columns);

        public void Encode(long row, float[] weights, Span<byte> target)
        {
            var values = weights.AsSpan(0, Columns);
            From.Decode(Source.Slice(row * SourceRowBytes, SourceRowBytes), values);
            To.Encode(values, ImportanceOf(row), target);
        }

        private ReadOnlySpan<float> ImportanceOf(long row)
            => Importance.Length <= Columns ? Importance : Importance.AsSpan((int)(row / matrixRows) * Columns, Columns);
    }

    private readonly struct SlabRegion(TensorEncoder encoder, Job job, long firstRow, int count, int chunks) : IParallelRegion
    {
        public void Run(int chunk, int worker)
        {
            int rowBytes = (int)job.TargetRowBytes;
            var range = ChunkRange.Of(count, chunk, chunks);
            for (int row = range.Start; row < range.End; row++)
                job.Encode(firstRow + row, encoder.rows[worker], encoder.slab.AsSpan(row * rowBytes, rowBytes));
        }
    }
}

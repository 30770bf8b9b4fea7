using Hearth.Engine.Files.Gguf;
using Hearth.Engine.Models.Layers;
using Hearth.Kernels;
using Hearth.Kernels.Formats;
using Hearth.Kernels.Matmul;
using Hearth.Kernels.Threading;

namespace Hearth.Engine.Models.Adapters;

/// <summary>The adapters that a model is loaded with, in the order in which they are added; owns their files and matrices.</summary>
internal sealed class AdapterSet : IDisposable
{
    private readonly KernelSet kernels;
    private readonly WorkerPool pool;
    private readonly List<LoraAdapter> adapters = [];
    private readonly List<PackedMatrix> matrices = [];

    /// <summary>Opens adapters.</summary>
    /// <exception cref="InvalidModelException">One is missing, damaged, no adapter, or made for another model.</exception>
    public AdapterSet(GgufFile model, IReadOnlyList<LoraFile> files, KernelSet kernels, WorkerPool pool)
    {
        this.kernels = kernels;
        this.pool = pool;
        try
        {
            foreach (var file in files)
                adapters.Add(LoraAdapter.Open(file, model));
        }
        catch
        {
            Dispose();
            throw;
        }
    }

    /// <summary>What the adapters add to a matrix product.</summary>
    /// <param name="target">The model's tensor.</param>
    /// <param name="part">The expert.</param>
    /// <param name="parts">Experts; 1 for an ordinary matrix.</param>
    /// <param name="outputs">Rows of the matrix.</param>
    /// <param name="inputs">Columns of the matrix.</param>
    /// <exception cref="InvalidModelException">An adapter's matrices do not fit, or cannot be multiplied.</exception>
    public LowRankUpdate[] Updates(string target, int part, int parts, int outputs, int inputs)
    {
        List<LowRankUpdate>? updates = null;
        foreach (var adapter in adapters)
        {
            if (!adapter.TryTake(target, out var a, out var b))
                continue;
            int rank = adapter.RankOfProduct(a, b, parts, outputs, inputs);
            if (adapter.IsActive)
            {
                (updates ??= []).Add(new LowRankUpdate(
                    Pack(adapter, a, part, parts, rank, inputs), Pack(adapter, b, part, parts, outputs, rank), adapter.Factor(rank)));
            }
        }

        return updates == null ? [] : [.. updates];
    }

    /// <summary>An embedding with what the adapters add to it.</summary>
    /// <exception cref="InvalidModelException">An adapter's matrices do not fit, or are of a type that is not supported.</exception>
    public IEmbedding Adapt(string target, IEmbedding embedding, int tokens, int width)
    {
        foreach (var adapter in adapters)
        {
            if (!adapter.TryTake(target, out var a, out var b))
                continue;
            int rank = adapter.RankOfEmbedding(a, b, tokens, width);
            if (!WeightFormat.TryGet(a.Type, out var format))
                throw adapter.Refuse($"{a.Name} is of a type that cannot be read ({a.Type})");
            if (adapter.IsActive)
            {
                embedding = new AdaptedEmbedding(
                    embedding, new RowTable(a, format), Pack(adapter, b, 0, 1, width, rank), adapter.Factor(rank));
            }
        }

        return embedding;
    }

    /// <summary>Refuses adapters of which something was left out.</summary>
    /// <exception cref="InvalidModelException">Something was.</exception>
    public void RefuseUnused()
    {
        foreach (var adapter in adapters)
            adapter.RefuseUnused();
    }

    public void Dispose()
    {
        foreach (var matrix in matrices)
            matrix.Dispose();
        foreach (var adapter in adapters)
            adapter.Dispose();
    }

    private PackedMatrix Pack(LoraAdapter adapter, GgufTensor tensor, int part, int parts, int rows, int columns)
    {
        if (!kernels.TryGetPanel(tensor.Type, out var kernel))
            throw adapter.Refuse($"{tensor.Name} is of a type that cannot be multiplied ({tensor.Type})");
        nint bytes = (nint)(tensor.ByteLength / parts);
        var matrix = PackedMatrix.Pack(kernel, tensor.Address + (part * bytes), rows, columns, pool);
        matrices.Add(matrix);
        return matrix;
    }
}

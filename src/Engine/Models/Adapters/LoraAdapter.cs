using Hearth.Engine.Files.Gguf;

namespace Hearth.Engine.Models.Adapters;

/// <summary>An open adapter file: pairs of matrices <c>NAME.lora_a</c> and <c>NAME.lora_b</c> for the tensors NAME of one model.</summary>
internal sealed class LoraAdapter : IDisposable
{
    private const string EndingA = ".lora_a";
    private const string EndingB = ".lora_b";
    private const int MaxRank = 1 << 16;

    private readonly GgufFile file;
    private readonly float scale;
    private readonly float alpha;
    private readonly SortedSet<string> unused = new(StringComparer.Ordinal);

    private LoraAdapter(GgufFile file, GgufFile model, float scale)
    {
        this.file = file;
        this.scale = scale;
        CheckKind(model);
        alpha = file.Metadata.GetSingle("adapter.lora.alpha", 0);
        if (!float.IsFinite(alpha) || !float.IsFinite(scale))
            throw new InvalidModelException($"{file.Name}: the adapter's alpha {alpha} and scale {scale} must be finite numbers.");
        foreach (var tensor in file.Tensors)
            unused.Add(TargetOf(tensor, model));
    }

    /// <summary>Whether it adds anything.</summary>
    public bool IsActive => scale != 0;

    /// <summary>Opens an adapter and checks that it is made for a model.</summary>
    /// <exception cref="InvalidModelException">It is missing, damaged, no adapter, or made for another model.</exception>
    public static LoraAdapter Open(LoraFile adapter, GgufFile model)
    {
        var file = GgufFile.Open(adapter.Path);
        try
        {
            return new LoraAdapter(file, model, adapter.Scale);
        }
        catch
        {
            file.Dispose();
            throw;
        }
    }

    /// <summary>Finds the matrices for a tensor of the model.</summary>
    /// <param name="target">The tensor.</param>
    /// <param name="a">The pair's first matrix: [widthOfA, rank], or [rank, widthOfA] for embeddings.</param>
    /// <param name="b">The pair's second matrix.</param>
    public bool TryTake(string target, out GgufTensor a, out GgufTensor b)
    {
        b = null!;
        return file.TryGetTensor(target + EndingA, out a!) && file.TryGetTensor(target + EndingB, out b!) && Take(target);
    }

    /// <summary>Checks a pair for matrix products and gives its rank.</summary>
    /// <exception cref="InvalidModelException">The shapes do not go with the model's tensor.</exception>
    public int RankOfProduct(GgufTensor a, GgufTensor b, int parts, int outputs, int inputs)
    {
        long rank = Size(a, 1);
        if (!Is(a, inputs, rank, parts) || !Is(b, rank, outputs, parts) || rank > MaxRank)
            throw Mismatch(a, b, $"a product of {inputs} inputs and {outputs} outputs" + (parts > 1 ? $" for each of {parts} experts" : ""));
        return (int)rank;
    }

    /// <summary>Checks a pair for embeddings, whose first matrix has a row per token, and gives its rank.</summary>
    /// <exception cref="InvalidModelException">The shapes do not go with the model's tensor.</exception>
    public int RankOfEmbedding(GgufTensor a, GgufTensor b, int tokens, int width)
    {
        long rank = Size(a, 0);
        if (!Is(a, rank, tokens, 1) || !Is(b, rank, width, 1) || rank > MaxRank)
            throw Mismatch(a, b, $"an embedding of {tokens} tokens in {width} values");
        return (int)rank;
    }

    /// <summary>The user's scale times alpha / rank; a file without alpha wants the scale alone.</summary>
    public float Factor(int rank) => alpha == 0 ? scale : scale * alpha / rank;

    /// <summary>Refuses an adapter of which something was not asked for, because it would be left out silently.</summary>
    /// <exception cref="InvalidModelException">A pair is left.</exception>
    public void RefuseUnused()
    {
        if (unused.Count > 0)
        {
            throw new InvalidModelException(
                $"{file.Name}: the adapter changes {unused.Min}, which is no matrix that an adapter can change; it is not supported.");
        }
    }

    /// <summary>A refusal that names the file.</summary>
    public InvalidModelException Refuse(string fact) => new($"{file.Name}: {fact}.");

    public void Dispose() => file.Dispose();

    private bool Take(string target)
    {
        unused.Remove(target);
        return true;
    }

    private void CheckKind(GgufFile model)
    {
        string type = file.Metadata.GetString("general.type", "model");
        if (type != "adapter")
            throw Refuse($"should be an adapter, but general.type says '{type}'");
        string kind = file.Metadata.GetString("adapter.type", "");
        if (kind != "lora")
            throw Refuse($"is an adapter of type '{kind}'; only 'lora' is supported");
        if (file.Metadata.Contains("adapter.alora.invocation_tokens"))
            throw Refuse("is an activated adapter, which waits for certain tokens; that is not supported");
        string mine = file.Metadata.GetString("general.architecture");
        string models = model.Metadata.GetString("general.architecture");
        if (mine != models)
            throw Refuse($"is an adapter for the architecture '{mine}', but {model.Name} is '{models}'");
    }

    private string TargetOf(GgufTensor tensor, GgufFile model)
    {
        bool isA = tensor.Name.EndsWith(EndingA, StringComparison.Ordinal);
        if (!isA && !tensor.Name.EndsWith(EndingB, StringComparison.Ordinal))
            throw Refuse($"the adapter's tensor {tensor.Name} ends with neither {EndingA} nor {EndingB}");
        string target = tensor.Name[..^EndingA.Length];
        if (!file.TryGetTensor(target + (isA ? EndingB : EndingA), out _))
            throw Refuse($"the adapter has {tensor.Name} without {target}{(isA ? EndingB : EndingA)}");
        if (!model.TryGetTensor(target, out _))
            throw Refuse($"the adapter changes {target}, which {model.Name} does not have");
        return target;
    }

    private static long Size(GgufTensor tensor, int dimension)
        => dimension < tensor.Dimensions.Length ? tensor.Dimensions[dimension] : 1;

    private static bool Is(GgufTensor tensor, long first, long second, long third)
        => Size(tensor, 0) == first && Size(tensor, 1) == second && Size(tensor, 2) == third && Size(tensor, 3) == 1 && tensor.ElementCount > 0;

    private InvalidModelException Mismatch(GgufTensor a, GgufTensor b, string target)
        => Refuse(
            $"{a.Name} [{string.Join(", ", a.Dimensions.ToArray())}] and {b.Name} [{string.Join(", ", b.Dimensions.ToArray())}] do not fit {target}");
}

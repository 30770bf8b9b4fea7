using System.Globalization;
using static Hearth.Kernels.Formats.WeightType;
using WeightType = Hearth.Kernels.Formats.WeightType;
using WeightTypeLayout = Hearth.Kernels.Formats.WeightTypeLayout;

namespace Hearth.Engine.Quantization;

/// <summary>
/// Which tensor gets which type in a file of a given kind. Matrices that hurt more get more bits: values, what leaves a
/// feed-forward, the output, and of these the first and the last layers.
/// </summary>
/// <remarks>Source: the decisions of llama.cpp's quantiser, found by comparing with its dry runs.</remarks>
public sealed class TensorTypeRules
{
    private static readonly string[] Kept =
    [
        "_norm.weight", "ffn_gate_inp.weight", "altup", "laurel", "per_layer_model_proj", "ssm_conv1d.weight", "shortconv.conv.weight",
        "time_mix_first.weight", "time_mix_w0.weight", "time_mix_w1.weight", "time_mix_w2.weight", "time_mix_v0.weight",
        "time_mix_v1.weight", "time_mix_v2.weight", "time_mix_a0.weight", "time_mix_a1.weight", "time_mix_a2.weight",
        "time_mix_g1.weight", "time_mix_g2.weight", "time_mix_decay_w1.weight", "time_mix_decay_w2.weight",
        "time_mix_lerp_fused.weight", "attn_rel_b.weight", ".position_embd.",
    ];

    private readonly FileKind kind;
    private readonly ModelTraits model;
    private readonly bool hasImportance;
    private readonly bool pure;
    private readonly bool hasOutput;
    private readonly bool isFalcon;
    private readonly Dictionary<string, int> valueOrdinals = new(StringComparer.Ordinal);
    private readonly Dictionary<string, int> downOrdinals = new(StringComparer.Ordinal);

    /// <summary>Prepares the rules for one model.</summary>
    /// <param name="kind">The kind of file.</param>
    /// <param name="model">The model's traits.</param>
    /// <param name="tensorNames">The names of all its tensors, in any order.</param>
    /// <param name="hasImportance">Whether there is an importance matrix.</param>
    /// <param name="pure">Whether every matrix gets the kind's main type.</param>
    public TensorTypeRules(FileKind kind, ModelTraits model, IEnumerable<string> tensorNames, bool hasImportance = false, bool pure = false)
    {
        ArgumentNullException.ThrowIfNull(kind);
        ArgumentNullException.ThrowIfNull(model);
        ArgumentNullException.ThrowIfNull(tensorNames);
        this.kind = kind;
        this.model = model;
        this.hasImportance = hasImportance;
        this.pure = pure;
        isFalcon = model.Architecture == "falcon";
        foreach (string name in tensorNames.OrderBy(LayerOf).ThenBy(name => name, StringComparer.Ordinal))
        {
            hasOutput |= name == "output.weight";
            if (HoldsValues(name))
                valueOrdinals.Add(name, valueOrdinals.Count);
            else if (Contains(name, "ffn_down") && name.EndsWith("weight", StringComparison.Ordinal))
                downOrdinals.Add(name, downOrdinals.Count);
        }
    }

    /// <summary>Whether a tensor of a quantised file can have another type than in the original: matrices of weights, but no norms and the like.</summary>
    /// <param name="name">The tensor.</param>
    /// <param name="dimensions">Its sizes.</param>
    public static bool CanQuantize(string name, ReadOnlySpan<long> dimensions)
    {
        ArgumentNullException.ThrowIfNull(name);
        return name.EndsWith("weight", StringComparison.Ordinal)
            && EffectiveDimensions(dimensions) >= 2
            && name is not ("position_embd.weight" or "token_types.weight")
            && !Array.Exists(Kept, part => Contains(name, part));
    }

    /// <summary>The type that the rules want for a tensor that <see cref="CanQuantize"/>.</summary>
    /// <param name="name">The tensor.</param>
    /// <param name="dimensions">Its sizes.</param>
    public WeightType TypeOf(string name, ReadOnlySpan<long> dimensions)
    {
        ArgumentNullException.ThrowIfNull(name);
        if (pure || kind.IsFloat)
            return kind.MainType;
        if (IsOutput(name))
            return OutputType(dimensions[0]);
        if (kind.Name == "MXFP4_MOE")
            return dimensions.Length > 2 && dimensions[2] > 1 ? MXFP4 : Q8_0;
        if (name is "token_embd.weight" or "per_layer_token_embd.weight")
            return EmbeddingType();
        if (kind.Name is "IQ1_S" or "IQ1_M" or "IQ2_XXS" or "IQ2_XS" or "IQ2_S" or "IQ2_M")
            return LowBitType(name);
        if (HoldsValues(name))
            return ValueType(valueOrdinals[name]);
        if (Contains(name, "attn_k.weight"))
            return model.Experts == 8 ? Q8_0 : QueryKeyType();
        if (Contains(name, "attn_q.weight"))
            return QueryKeyType();
        if (Contains(name, "ffn_down"))
            return DownType(Layer(name, downOrdinals));
        if (Contains(name, "attn_output.weight"))
            return AttentionOutputType();
        if (Contains(name, "ffn_gate") || Contains(name, "ffn_up"))
            return GateOrUpType(LayerOf(name));
        return kind.MainType;
    }

    /// <summary>
    /// What takes a type's place where a row does not divide into its blocks: blocks of 32 for superblocks of 256, and halves where
    /// these do not divide it either.
    /// </summary>
    /// <param name="wanted">The type.</param>
    /// <param name="rowLength">Weights of a row.</param>
    public static WeightType FittingType(WeightType wanted, long rowLength)
    {
        if (Fits(wanted, rowLength))
            return wanted;
        var smaller = wanted switch
        {
            Q4_K => Q5_0,
            Q5_K => Q5_1,
            Q6_K => Q8_0,
            TQ1_0 or TQ2_0 or Q1_0 or Q2_0 or Q2_K or Q3_K => Q4_0,
            _ => IQ4_NL,
        };
        return Fits(smaller, rowLength) ? smaller : F16;
    }

    /// <summary>The first and the last eighth of the layers, and every third between.</summary>
    private static bool UsesMoreBits(int layer, int layers)
        => layer < layers / 8 || layer >= 7 * layers / 8 || (layer - (layers / 8)) % 3 == 2;

    /// <summary>Values, alone or in one matrix with others.</summary>
    private static bool HoldsValues(string name)
        => Contains(name, "attn_v.weight") || Contains(name, "attn_qkv.weight") || Contains(name, "attn_kv_b.weight");

    private bool IsOutput(string name) => name == "output.weight" || (!hasOutput && name == "token_embd.weight");

    private WeightType OutputType(long rowLength)
        => kind.Name == "MXFP4_MOE" || isFalcon || !Fits(kind.MainType, rowLength) || kind.MainType == Q8_0 ? Q8_0
            : kind.Name is "IQ1_S" or "IQ1_M" or "IQ2_XXS" or "IQ2_XS" or "IQ2_S" or "IQ2_M" or "IQ3_XXS" ? Q5_K
            : Q6_K;

    private WeightType EmbeddingType() => kind.Name switch
    {
        "IQ1_S" or "IQ1_M" or "IQ2_XXS" or "IQ2_XS" => Q2_K,
        "IQ2_S" or "IQ2_M" or "IQ3_XXS" => IQ3_S,
        "TQ1_0" or "TQ2_0" or "Q2_0" => Q4_K,
        _ => kind.MainType,
    };

    private WeightType LowBitType(string name)
    {
        bool isLarger = kind.Name is "IQ2_S" or "IQ2_M";
        if (HoldsValues(name))
            return model.HeadsPerKvHead >= 4 || model.Experts >= 4 ? Q4_K : isLarger ? IQ3_S : Q2_K;
        if (Contains(name, "attn_k.weight") && model.Experts == 8)
            return Q4_K;
        if (Contains(name, "ffn_down"))
            return downOrdinals[name] >= model.Layers / 8 ? kind.MainType : isLarger ? IQ3_S : Q2_K;
        if (Contains(name, "attn_output.weight"))
            return model.Experts == 8 ? Q5_K : isLarger ? IQ3_S : kind.Name is "IQ1_S" or "IQ1_M" ? IQ2_XXS : kind.MainType;
        return kind.MainType;
    }

    private WeightType ValueType(int ordinal)
    {
        bool isShared = model.HeadsPerKvHead >= 4;
        var type = kind.Name switch
        {
            "Q2_K" => isShared ? Q4_K : Q3_K,
            "Q2_K_S" or "IQ3_XS" or "IQ3_S" when isShared => Q4_K,
            "IQ3_XXS" => isShared ? Q4_K : hasImportance ? IQ3_XXS : IQ3_S,
            "IQ3_M" => Q4_K,
            "Q3_K_M" => ordinal < 2 ? Q5_K : Q4_K,
            "Q3_K_L" => Q5_K,
            "IQ4_NL" or "IQ4_XS" when isShared => Q5_K,
            "Q4_K_M" or "Q5_K_M" when UsesMoreBits(ordinal, valueOrdinals.Count) => Q6_K,
            "Q4_K_S" when ordinal < 4 => Q5_K,
            _ => kind.MainType,
        };
        if (model.IsSeventyBillion && type is Q3_K or Q4_K)
            type = Q5_K;
        return model.Experts == 8 ? Q8_0 : type;
    }

    private WeightType QueryKeyType() => kind.Name switch
    {
        "IQ3_XS" => IQ3_XXS,
        "IQ3_XXS" => IQ2_S,
        _ => kind.MainType,
    };

    private WeightType DownType(int layer)
    {
        int layers = model.Layers;
        bool isFirst = layer < layers / 8;
        bool usesMoreBits = UsesMoreBits(layer, layers);
        return kind.Name switch
        {
            "Q2_K" => Q3_K,
            "Q2_K_S" when isFirst => Q4_K,
            "IQ3_XXS" when !hasImportance => isFirst ? Q4_K : Q3_K,
            "Q3_K_M" => layer < layers / 16 ? Q5_K : !isFalcon || usesMoreBits ? Q4_K : Q3_K,
            "IQ3_M" when isFirst || (model.Experts == 8 && usesMoreBits) => Q4_K,
            "Q3_K_L" => isFalcon ? Q4_K : Q5_K,
            "Q4_K_M" when isFalcon => layer < layers / 16 ? Q6_K : usesMoreBits ? Q5_K : Q4_K,
            "Q4_K_M" or "Q5_K_M" when usesMoreBits => Q6_K,
            "IQ4_NL" or "IQ4_XS" when isFirst && !hasImportance => Q5_K,
            "Q4_K_S" when isFirst && !isFalcon => Q5_K,
            // Even with importances the first of these go astray in symmetric blocks.
            "Q4_0" when isFirst && hasImportance => Q4_1,
            "Q5_0" when isFirst && hasImportance => Q5_1,
            _ => kind.MainType,
        };
    }

    private WeightType AttentionOutputType()
    {
        if (isFalcon)
            return kind.Name == "Q3_K_L" ? Q4_K : kind.MainType;
        if (model.Experts == 8)
        {
            return kind.Name is "Q2_K" or "IQ3_XS" or "IQ3_XXS" or "Q3_K_S" or "Q3_K_M" or "IQ4_NL" or "Q4_K_S" or "Q4_K_M" or "IQ3_S"
                or "IQ3_M" or "IQ4_XS" ? Q5_K : kind.MainType;
        }

        return kind.Name switch
        {
            "Q2_K" => Q3_K,
            "IQ3_XXS" => IQ3_S,
            "Q3_K_M" or "IQ3_M" => Q4_K,
            "Q3_K_L" => Q5_K,
            _ => kind.MainType,
        };
    }

    private WeightType GateOrUpType(int layer)
        => kind.Name == "IQ3_XS" && layer >= model.Layers / 8 && layer < 7 * model.Layers / 8 ? IQ3_XXS : kind.MainType;

    /// <summary>Layers of experts are counted by their name, because a file may hold several tensors for one layer.</summary>
    private int Layer(string name, Dictionary<string, int> ordinals) => model.Experts > 1 ? LayerOf(name) : ordinals[name];

    private static int LayerOf(string name)
        => name.Split('.') is ["blk", var number, ..] && int.TryParse(number, NumberStyles.None, CultureInfo.InvariantCulture, out int layer)
            ? layer
            : -1;

    private static bool Contains(string name, string part) => name.Contains(part, StringComparison.Ordinal);

    private static int EffectiveDimensions(ReadOnlySpan<long> dimensions)
    {
        int count = dimensions.Length;
        while (count > 1 && dimensions[count - 1] == 1)
            count--;
        return count;
    }

    private static bool Fits(WeightType type, long rowLength)
        => WeightTypeLayout.TryGet(type, out var layout) && rowLength % layout.BlockWeights == 0;
}

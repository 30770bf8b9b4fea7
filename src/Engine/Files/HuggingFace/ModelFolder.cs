using System.Globalization;
using System.Text.Json;
using Hearth.Engine.Files.Gguf;
using Hearth.Engine.Tokenization;

namespace Hearth.Engine.Files.HuggingFace;

/// <summary>
/// Opens a Hugging Face model folder (<c>config.json</c>, safetensors, <c>tokenizer.json</c>) as if it were a GGUF file: keys and tensors get
/// GGUF's names and forms by the tables of <see cref="FamilyCatalog"/>.
/// </summary>
internal sealed class ModelFolder
{
    private const int MaxLayers = 4096;
    private const int MaxExperts = 1 << 14;

    /// <summary>
    /// What checkpoints hold beside weights: masks, positions and frequencies that are computed anyway, scales of activations that are not
    /// quantised here.
    /// </summary>
    private static readonly string[] Computed =
    [
        ".attn.bias", ".attn.masked_bias", "rotary_emb.inv_freq", ".attention.bias", ".attention.masked_bias",
        ".input_scale", ".activation_scale", ".k_scale", ".v_scale", ".position_ids",
    ];

    /// <summary>Parts of a model that reads more than text.</summary>
    private static readonly string[] OtherSenses = ["vision_tower.", "multi_modal_projector.", "visual.", "vision_model.", "audio_tower."];

    private readonly string folder;
    private readonly ModelConfig config;
    private readonly Family family;
    private readonly FolderTensors tensors;
    private readonly List<GgufTensor> built = [];
    private readonly string prefix;

    private ModelFolder(string folder, ModelConfig config, FolderTensors tensors)
    {
        this.folder = folder;
        this.config = config;
        this.tensors = tensors;
        family = FamilyCatalog.Find(config);
        family.Check(config);
        tensors.ScaleBlock = WeightScheme.Check(config, tensors);
        string embedding = family.Tensors[0].Source;
        prefix = family.Prefixes.FirstOrDefault(prefix => tensors.Has(prefix + embedding + ".weight"))
            ?? throw new InvalidModelException($"{folder}: the tensor {family.Prefixes[0]}{embedding}.weight is missing.");
    }

    /// <summary>Opens a folder.</summary>
    /// <param name="folder">The folder.</param>
    /// <param name="withVocabulary">Whether the keys describe the vocabulary too, for a file to be written.</param>
    /// <exception cref="InvalidModelException">A file is missing or damaged, contradicts another one, or is of a kind that is not supported.</exception>
    public static GgufFile Open(string folder, bool withVocabulary = false)
    {
        string configPath = Path.Combine(folder, "config.json");
        if (!File.Exists(configPath))
            throw new InvalidModelException($"{folder}: is a folder without config.json, so it is no model folder.");
        using var document = FolderJson.Read(configPath);
        if (document.RootElement.ValueKind != JsonValueKind.Object)
            throw new InvalidModelException($"{configPath}: is no JSON object.");
        var config = new ModelConfig(configPath, document.RootElement.Clone());
        string tokenizerPath = Path.Combine(folder, "tokenizer.json");
        if (!File.Exists(tokenizerPath))
            throw new InvalidModelException($"{folder}: has no tokenizer.json, without which no text becomes tokens.");
        var tensors = FolderTensors.Open(folder);
        try
        {
            return new ModelFolder(folder, config, tensors).Read(tokenizerPath, withVocabulary);
        }
        catch
        {
            tensors.Dispose();
            throw;
        }
    }

    private GgufFile Read(string tokenizerPath, bool withVocabulary)
    {
        var keys = ReadKeys();
        ReadTensors();
        if (withVocabulary)
            AddVocabulary(keys, tokenizerPath);
        return new GgufFile(folder, tensors.ByteLength, [tensors], keys.Build(), built)
        {
            Vocabulary = () =>
            {
                using var tokenizer = FolderJson.Read(tokenizerPath);
                return FolderVocabulary.Read(tokenizerPath, tokenizer.RootElement);
            },
        };
    }

    private int Layers()
        => config.RequiredInt(CommonKeys.Layers) is >= 1 and <= MaxLayers and var layers ? layers
            : throw config.Unsupported($"has {config.RequiredInt(CommonKeys.Layers)} layers, which is not within 1 and {MaxLayers}");

    private GgufMetadataBuilder ReadKeys()
    {
        // Some keys have a value for each layer.
        _ = Layers();
        var keys = new GgufMetadataBuilder(folder)
        {
            ["general.architecture"] = family.Architecture,
            ["general.name"] = Path.GetFileName(Path.TrimEndingDirectorySeparator(Path.GetFullPath(folder))),
        };
        foreach (var rule in family.Keys)
        {
            if (rule.Read(config) is { } value)
                keys[$"{family.Architecture}.{rule.Target}"] = value;
        }

        if (FolderActivation.Read(config, family.Architecture) is { } activation)
            keys[$"{family.Architecture}.hidden_activation"] = activation;
        SamplingKeys.Add(keys, Path.Combine(folder, "generation_config.json"));
        using var settings = FolderJson.ReadOptional(Path.Combine(folder, "tokenizer_config.json"));
        if (ChatTemplate(settings?.RootElement ?? default) is { } template)
            keys["tokenizer.chat_template"] = template;
        return keys;
    }

    /// <summary>A file's vocabulary is as large as its embedding: other readers ask for it.</summary>
    private void AddVocabulary(GgufMetadataBuilder keys, string tokenizerPath)
    {
        using var tokenizer = FolderJson.Read(tokenizerPath);
        var vocabulary = TokenizerFactory.Fitted(folder, built, FolderVocabulary.Read(tokenizerPath, tokenizer.RootElement));
        VocabularyKeys.Add(keys, vocabulary, tokenizer.RootElement, tokenizerPath);
    }

    private string? ChatTemplate(JsonElement settings)
    {
        string file = Path.Combine(folder, "chat_template.jinja");
        if (File.Exists(file))
            return System.Text.Encoding.UTF8.GetString(FolderJson.ReadBytes(file));
        if (settings.ValueKind != JsonValueKind.Object || !settings.TryGetProperty("chat_template", out var template))
            return null;
        if (template.ValueKind == JsonValueKind.String)
            return template.GetString();
        if (template.ValueKind != JsonValueKind.Array)
            return null;
        foreach (var entry in template.EnumerateArray())
        {
            if (entry.ValueKind == JsonValueKind.Object && entry.TryGetProperty("name", out var name) && name.ValueKind == JsonValueKind.String
                && name.ValueEquals("default") && entry.TryGetProperty("template", out var source) && source.ValueKind == JsonValueKind.String)
            {
                return source.GetString();
            }
        }

        return null;
    }

    private void ReadTensors()
    {
        int layers = Layers();
        var builder = new TensorBuilder(config);
        bool isTied = config.Flag("tie_word_embeddings", false);
        foreach (var rule in family.Tensors)
        {
            for (int layer = 0; layer < (rule.IsPerLayer ? layers : 1); layer++)
            {
                if (rule.OnLayers?.Invoke(config, layer) ?? true)
                    Add(builder, rule, layer, isKnownTwice: isTied && rule.Target == "output");
            }
        }

        CheckVocabulary();
        AddRopeFactors();
        string? stranger = tensors.Unused.FirstOrDefault(name => !IsDispensable(name, layers));
        if (stranger is not null)
        {
            throw new InvalidModelException(
                $"{folder}: has the tensor {stranger}, which has no place in a {config.ModelType} model of {layers} layers.");
        }
    }

    private void CheckVocabulary()
    {
        if (config.Int("vocab_size") is { } size && built[0].Dimensions is [_, var rows, ..] && rows != size)
            throw config.Unsupported($"vocab_size is {size}, but the embedding has {rows} rows");
    }

    /// <summary>Whether a tensor is none of the text part's: computed anyway, of another sense, or of layers that guess further ahead.</summary>
    private bool IsDispensable(string name, int layers)
        => Array.Exists(Computed, ending => name.EndsWith(ending, StringComparison.Ordinal))
            || Array.Exists(OtherSenses, part => name.Contains(part, StringComparison.Ordinal))
            || family.Ignored.Any(start => name.StartsWith(start, StringComparison.Ordinal))
            || (config.Int("num_nextn_predict_layers") is > 0 and { } ahead && IsOfLayer(name, layers, ahead));

    private bool IsOfLayer(string name, int first, int count)
    {
        string start = prefix + "layers.";
        if (!name.StartsWith(start, StringComparison.Ordinal))
            return false;
        string number = name[start.Length..].Split('.')[0];
        return int.TryParse(number, NumberStyles.None, CultureInfo.InvariantCulture, out int layer) && layer >= first && layer - first < count;
    }

    private void Add(TensorBuilder builder, TensorRule rule, int layer, bool isKnownTwice)
    {
        for (var form = rule; form is not null; form = form.Otherwise)
        {
            if (TryAdd(builder, form, layer, isKnownTwice))
                return;
        }

        if (!rule.IsOptional)
        {
            string name = NameOf(FirstName(rule.Source), rule.IsWhole ? "" : ".weight", layer, 0);
            throw new InvalidModelException($"{folder}: the tensor {name} is missing, which a {config.ModelType} model has.");
        }
    }

    private bool TryAdd(TensorBuilder builder, TensorRule rule, int layer, bool isKnownTwice)
    {
        bool isThere = false;
        var source = new List<FolderMatrix>();
        foreach (string ending in rule.IsWhole ? (ReadOnlySpan<string>)[""] : [".weight", ".bias"])
        {
            source.Clear();
            foreach (string pattern in rule.Source.Split('|'))
            {
                if (source.Count > 0)
                    break;
                foreach (string name in pattern.Split('+'))
                    Collect(name, ending, rule.IsPerExpert, layer, source);
            }

            isThere |= source.Count > 0 && ending != ".bias";
            if (source.Count > 0 && !isKnownTwice)
            {
                string target = rule.Target.Replace("{l}", layer.ToString(CultureInfo.InvariantCulture), StringComparison.Ordinal);
                built.Add(builder.Build(target + ending, source, rule.Change ?? TensorChange.None));
            }
        }

        return isThere;
    }

    private static string FirstName(string source) => source.Split('|')[0].Split('+')[0];

    private void Collect(string pattern, string ending, bool perExpert, int layer, List<FolderMatrix> source)
    {
        for (int expert = 0; expert < (perExpert ? MaxExperts : 1); expert++)
        {
            if (!tensors.TryGet(NameOf(pattern, ending, layer, expert), out var matrix))
                break;
            source.Add(matrix);
        }
    }

    private string NameOf(string pattern, string ending, int layer, int expert)
    {
        string name = pattern
            .Replace("{l}", layer.ToString(CultureInfo.InvariantCulture), StringComparison.Ordinal)
            .Replace("{e}", expert.ToString(CultureInfo.InvariantCulture), StringComparison.Ordinal);
        return (name[0] == '/' ? name[1..] : prefix + name) + ending;
    }

    /// <summary>Rotary frequencies that a configuration describes and GGUF keeps in tensors.</summary>
    private void AddRopeFactors()
    {
        if (CommonKeys.Scaling(config) is not { } scaling)
            return;
        switch (CommonKeys.ScalingType(config))
        {
            case "llama3":
                built.Add(TensorBuilder.OfFloats("rope_freqs.weight", Llama3Factors(scaling)));
                break;
            case "longrope" or "su":
                AddLongFactors(scaling, "long");
                AddLongFactors(scaling, "short");
                break;
            case "proportional":
                built.Add(TensorBuilder.OfFloats("rope_freqs.weight", ProportionalFactors(scaling)));
                break;
            default:
                break;
        }
    }

    /// <summary>Global heads turn as if whole, but only the first share of their pairs does: the others' frequencies are divided away.</summary>
    private float[] ProportionalFactors(ModelConfig scaling)
    {
        int length = config.Int("global_head_dim") ?? 512;
        double share = scaling.Number("partial_rotary_factor") ?? 1;
        if (length is < 2 or > 1 << 16 || share is not (>= 0 and <= 1))
            throw config.Unsupported("the numbers of the rope parameters make no sense");
        float[] factors = new float[length / 2];
        for (int i = 0; i < factors.Length; i++)
            factors[i] = i < (int)(length * share / 2) ? 1 : 1e30f;
        return factors;
    }

    private void AddLongFactors(ModelConfig scaling, string which)
    {
        int pairs = CommonKeys.RotaryLength(config) / 2;
        if (scaling.Numbers(which + "_factor") is not { } factors || factors.Length != pairs)
            throw config.Unsupported($"{which}_factor of the rope scaling should have {pairs} numbers");
        built.Add(TensorBuilder.OfFloats($"rope_factors_{which}.weight", factors));
    }

    /// <summary>Wavelengths well inside the original context stay, those beyond it are stretched, and between the two lies a ramp.</summary>
    /// <remarks>Source: the rope scaling of type llama3 in the published models.</remarks>
    private float[] Llama3Factors(ModelConfig scaling)
    {
        double factor = scaling.RequiredNumber("factor");
        double low = scaling.Number("low_freq_factor") ?? 1;
        double high = scaling.Number("high_freq_factor") ?? 4;
        double original = scaling.RequiredInt("original_max_position_embeddings");
        int length = CommonKeys.RotaryLength(config);
        if (factor <= 0 || high <= low || original < 1 || length is < 2 or > 1 << 16)
            throw config.Unsupported("the numbers of the rope scaling make no sense");
        float[] factors = new float[length / 2];
        for (int i = 0; i < factors.Length; i++)
        {
            double wavelength = 2 * Math.PI * Math.Pow(CommonKeys.RopeBase(config), 2.0 * i / length);
            double ramp = Math.Clamp(((original / wavelength) - low) / (high - low), 0, 1);
            factors[i] = (float)(1 / (((1 - ramp) / factor) + ramp));
        }

        return factors;
    }
}

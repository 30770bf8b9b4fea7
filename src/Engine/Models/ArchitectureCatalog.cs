using Hearth.Engine.Models.Architectures;

namespace Hearth.Engine.Models;

/// <summary>The model families that Hearth runs.</summary>
public static class ArchitectureCatalog
{
    private static readonly Dictionary<string, Func<ModelLoader, Architecture>> Loaders = new(StringComparer.Ordinal);

    private static readonly string[] Diffusers = ["dream", "llada", "llada-moe", "rnd1"];

    static ArchitectureCatalog()
    {
        Add<AfMoe>();
        Add<Apertus>();
        Add<Arcee>();
        Add<Arctic>();
        Add<Baichuan>();
        Add<BailingMoe>();
        Add<BailingMoe2>();
        Add<Bert>();
        Add<BitNet>();
        Add<Bloom>();
        Add<ChatGlm>();
        Add<CodeShell>();
        Add<Cohere2>();
        Add<Cohere2Moe>();
        Add<CommandR>();
        Add<Dbrx>();
        Add<Deci>();
        Add<DeepSeek>();
        Add<DeepSeek2>();
        Add<Dots1>();
        Add<Ernie45Moe>();
        Add<EuroBert>();
        Add<Exaone4>();
        Add<ExaoneMoe>();
        Add<Falcon>();
        Add<FalconH1>();
        Add<Gemma>();
        Add<Gemma2>();
        Add<Gemma3>();
        Add<Gemma3n>();
        Add<Gemma4>();
        Add<GemmaEmbedding>();
        Add<Glm4>();
        Add<Glm4Moe>();
        Add<Gpt2>();
        Add<GptNeoX>();
        Add<GptOss>();
        Add<Granite>();
        Add<Grok>();
        Add<HunyuanDense>();
        Add<HunyuanMoe>();
        Add<Jais>();
        Add<Jais2>();
        Add<Jamba>();
        Add<JinaBertV2>();
        Add<Laguna>();
        Add<Lfm2>();
        Add<Llama>();
        Add<Llama4>();
        Add<Maincoder>();
        Add<Mamba>();
        Add<Mamba2>();
        Add<Mellum>();
        Add<MiMo2>();
        Add<MiniCpm>();
        Add<MiniCpm3>();
        Add<MiniMaxM2>();
        Add<Mistral3>();
        Add<ModernBert>();
        Add<Mpt>();
        Add<Nemotron>();
        Add<NemotronH>();
        Add<NomicBert>();
        Add<Olmo>();
        Add<Olmo2>();
        Add<Olmoe>();
        Add<OpenElm>();
        Add<Opt>();
        Add<Orion>();
        Add<Phi2>();
        Add<Phi3>();
        Add<PhiMoe>();
        Add<Plm>();
        Add<Qwen2>();
        Add<Qwen2Moe>();
        Add<Qwen3>();
        Add<Qwen35>();
        Add<Qwen3Moe>();
        Add<Qwen3Next>();
        Add<Refact>();
        Add<Rwkv7>();
        Add<SeedOss>();
        Add<SmallThinker>();
        Add<SmolLM3>();
        Add<StableLm>();
        Add<StarCoder2>();
    }

    /// <summary>Names of all families, sorted.</summary>
    public static IReadOnlyList<string> Names => [.. Loaders.Keys.Order(StringComparer.Ordinal)];

    /// <summary>Loads a model of the family that its file names.</summary>
    /// <exception cref="InvalidModelException">The family is unknown, or the file does not hold such a model.</exception>
    public static Architecture Load(ModelLoader loader)
    {
        ArgumentNullException.ThrowIfNull(loader);
        string name = loader.Architecture;
        if (!Loaders.TryGetValue(name, out var load))
        {
            if (Diffusers.Contains(name))
            {
                throw new InvalidModelException(
                    $"{loader.Name}: '{name}' fills in masked tokens in any order (diffusion), but this version writes from left to right alone.");
            }

            throw new InvalidModelException(
                $"{loader.Name}: the architecture '{name}' is not supported; this version runs {string.Join(", ", Names)}.");
        }

        var architecture = load(loader);
        if (!architecture.IsEncoder && !loader.Parameters.Flag("attention.causal", true))
        {
            throw new InvalidModelException(
                $"{loader.Name}: {name}.attention.causal is false, but models of this family are run with causal attention only.");
        }

        loader.RefuseUnusedAdapters();
        loader.ExpertCache?.Reserve(loader.Name);
        loader.RefuseUnusedTensors(architecture.Shape.Layers);
        return architecture;
    }

    private static void Add<TArchitecture>()
        where TArchitecture : IArchitecture
    {
        foreach (string name in TArchitecture.Names)
            Loaders.Add(name, TArchitecture.Load);
    }
}

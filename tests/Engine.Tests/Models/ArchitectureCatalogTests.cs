using Hearth.Engine.Files.Gguf;

namespace Hearth.Engine.Tests.Models;

/// <summary>What is said of files whose family cannot run, or whose layers do not go together.</summary>
public sealed class ArchitectureCatalogTests : IDisposable
{
    private readonly string folder = Directory.CreateTempSubdirectory("hearth-catalog-").FullName;

    public void Dispose() => Directory.Delete(folder, recursive: true);

    [Theory]
    [InlineData("dream")]
    [InlineData("llada")]
    [InlineData("llada-moe")]
    [InlineData("rnd1")]
    public void Models_that_fill_in_masks_are_refused_for_what_they_are(string name)
        => Assert.EndsWith(
            $"'{name}' fills in masked tokens in any order (diffusion), but this version writes from left to right alone.",
            Refusal("xverse.gguf", "general.architecture", name),
            StringComparison.Ordinal);

    [Fact]
    public void An_unknown_family_is_refused_with_the_known_ones()
        => Assert.Contains("the architecture 'parrot' is not supported; this version runs ", Refusal("xverse.gguf", "general.architecture", "parrot"), StringComparison.Ordinal);

    [Fact]
    public void A_layer_whose_keys_no_layer_has_is_refused()
        => Assert.EndsWith(
            "layer 1 has no keys, and no layer before it has any of its kind; the file is damaged.",
            Refusal("gemma4.gguf", "gemma4.attention.shared_kv_layers", 3),
            StringComparison.Ordinal);

    private string Refusal(string file, string key, GgufValue value)
    {
        string path = Path.Combine(folder, file);
        using (var source = GgufFile.Open(VectorFiles.PathOf(file)))
        {
            var writer = new GgufWriter(new GgufMetadataBuilder(source.Metadata) { [key] = value }.Build());
            foreach (var tensor in source.Tensors)
                writer.Add(tensor);
            writer.Write(path);
        }

        return Assert.Throws<InvalidModelException>(() => new LoadedModel(path)).Message;
    }
}

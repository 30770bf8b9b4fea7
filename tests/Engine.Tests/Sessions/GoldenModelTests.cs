using System.Text.Json;
using Hearth.Engine.Sampling;
using Hearth.Engine.Sessions;
using Hearth.Engine.Tests.Models;
using Hearth.Kernels.Attention;

namespace Hearth.Engine.Tests.Sessions;

/// <summary>Trained models, from prompt text to generated text, against the reference engine's answers.</summary>
public sealed class GoldenModelTests
{
    private static readonly HearthModelOptions Exact = new() { Threads = 2, CacheTypeK = KvType.F32, CacheTypeV = KvType.F32 };

    public static TheoryData<string> Names { get; } = ["stories260K", "stories260K-Q8_0", "stories260K-Q4_0"];

    [Theory]
    [MemberData(nameof(Names))]
    public void Prompts_become_the_golden_ids(string name)
    {
        var golden = Golden(name);
        using var model = Load(golden);
        foreach (var prompt in golden.GetProperty("prompts").EnumerateArray())
            Assert.Equal(Ids(prompt, "prompt_ids"), model.Tokenizer.Encode(prompt.GetProperty("prompt").GetString()!, true, true));
    }

    [Fact]
    public async Task Greedy_tokens_and_text_of_float_weights_are_the_golden_ones()
    {
        var golden = Golden("stories260K");
        using var model = Load(golden);
        foreach (var prompt in golden.GetProperty("prompts").EnumerateArray())
        {
            int[] expected = Ids(prompt, "greedy_ids");
            using var session = model.CreateSession();
            var options = new GenerationOptions
            {
                Sampling = SamplerSettings.Greedy,
                MaxTokens = expected.Length,
                IgnoreEndOfGeneration = true,
            };
            var tokens = new List<int>();
            string text = "";
            await foreach (var piece in session.GenerateAsync(prompt.GetProperty("prompt").GetString()!, options, TestContext.Current.CancellationToken))
            {
                if (piece.Token >= 0)
                    tokens.Add(piece.Token);
                text += piece.Text;
            }

            Assert.Equal(expected, tokens);
            Assert.Equal(prompt.GetProperty("text").GetString()!.TrimStart(), text.TrimStart());
        }
    }

    /// <summary>
    /// The golden ids of quantised files were made with float activations. Ours are rounded to 8 bits, which the model's README
    /// allows to leave the path where two logits are close; so each golden token must be the best or within a small margin of it.
    /// </summary>
    [Theory]
    [InlineData("stories260K-Q8_0")]
    [InlineData("stories260K-Q4_0")]
    public void Golden_tokens_of_quantised_weights_are_the_best_or_close_to_it(string name)
    {
        const float margin = 0.5f;
        var golden = Golden(name);
        using var model = Load(golden);
        foreach (var prompt in golden.GetProperty("prompts").EnumerateArray())
        {
            using var session = model.CreateSession();
            session.Append(Ids(prompt, "prompt_ids"));
            foreach (int expected in Ids(prompt, "greedy_ids"))
            {
                float best = System.Numerics.Tensors.TensorPrimitives.Max(session.Logits);
                Assert.InRange(best - session.Logits[expected], 0, margin);
                session.Append([expected]);
            }
        }
    }

    private static JsonElement Golden(string name)
        => JsonDocument.Parse(File.ReadAllBytes(Path.Combine(AppContext.BaseDirectory, "Data", "Models", name + ".golden.json"))).RootElement;

    private static HearthModel Load(JsonElement golden)
        => HearthModel.Load(
            VectorFiles.PathOf(golden.GetProperty("file").GetString()!), Exact, cancellation: TestContext.Current.CancellationToken);

    private static int[] Ids(JsonElement prompt, string name) => [.. prompt.GetProperty(name).EnumerateArray().Select(id => id.GetInt32())];
}

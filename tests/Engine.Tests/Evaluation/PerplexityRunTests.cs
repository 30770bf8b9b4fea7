using Hearth.Engine.Evaluation;
using Hearth.Engine.Sessions;
using Hearth.Engine.Tests.Files;
using Hearth.Engine.Tests.Models;
using Hearth.Engine.Tokenization;
using Hearth.Kernels.Attention;

namespace Hearth.Engine.Tests.Evaluation;

public sealed class PerplexityRunTests
{
    private const int Length = 20;

    private static readonly IReadOnlyList<TextWindow> Windows =
        TextWindow.SideBySide([.. Enumerable.Range(0, 60).Select(i => (i * i * 7) % 60)], Length, new SpecialTokens());

    [Fact]
    public void Perplexity_is_the_mean_surprise_of_the_second_halves()
    {
        using var model = Open("llama-q-f16.gguf");
        var meter = PerplexityRun.Measure(model, Windows);
        double sum = 0;
        foreach (var window in Windows)
        {
            using var reference = new LoadedModel(VectorFiles.PathOf("llama-q-f16.gguf"));
            int[] tokens = window.Tokens.ToArray();
            float[] logits = reference.Logits(tokens, Length);
            for (int at = Length / 2; at < Length - 1; at++)
            {
                int vocabulary = logits.Length / Length;
                double[] row = [.. logits.Skip(at * vocabulary).Take(vocabulary).Select(value => (double)value)];
                sum += Math.Log(row.Sum(value => Math.Exp(value - row[tokens[at + 1]])));
            }
        }

        Assert.Equal(3 * 9, meter.Count);
        Assert.Equal(Math.Exp(sum / meter.Count), meter.Value, 1e-4);
        Assert.InRange(meter.Uncertainty, 1e-3, meter.Value);
    }

    [Fact]
    public void A_model_does_not_diverge_from_itself()
    {
        using var model = Open("llama-q-f16.gguf");
        using var other = Open("llama-q-f16.gguf");
        var meter = PerplexityRun.Compare(model, other, Windows);
        Assert.Equal(27, meter.Count);
        Assert.InRange(Math.Abs(meter.Maximum), 0, 1e-6);
        Assert.Equal(1, meter.SameTop);
        Assert.InRange(meter.RootMeanSquareShift, 0, 1e-6);
        Assert.Equal(1, meter.Model.Value / meter.Base.Value, 1e-6);
    }

    [Fact]
    public void A_file_of_guesses_stands_for_the_model_that_made_it()
    {
        using var folder = new TemporaryFolder();
        using var original = Open("llama-q-f16.gguf");
        using var quantised = Open("llama-q-q4_0.gguf");
        PerplexityRun.Save(original, Windows, folder["logits"]);
        var byModel = PerplexityRun.Compare(quantised, original, Windows);
        var byFile = PerplexityRun.Compare(quantised, folder["logits"]);
        Assert.Equal(Length, PerplexityRun.WindowLength(folder["logits"]));
        Assert.Equal(byModel.Count, byFile.Count);
        Assert.InRange(byModel.Mean, 1e-6, 1);
        Assert.Equal(byModel.Mean, byFile.Mean, 1e-3 * byModel.Mean);
        Assert.Equal(byModel.Quantile(0.5), byFile.Quantile(0.5), 1e-2 * byModel.Mean);
        Assert.Equal(byModel.SameTop, byFile.SameTop);
    }

    [Fact]
    public void A_damaged_file_of_guesses_is_refused()
    {
        using var folder = new TemporaryFolder();
        using var model = Open("llama-q-f16.gguf");
        PerplexityRun.Save(model, Windows, folder["logits"]);
        byte[] bytes = File.ReadAllBytes(folder["logits"]);
        Refuse(bytes[..^1], "the file is damaged");
        Refuse(bytes[..10], "is no file of logits");
        Refuse([.. bytes[..8], 0xff, 0xff, 0xff, 0x7f, .. bytes[12..]], "the file is damaged");
        Refuse([.. bytes[..8], 0, 0, 0, 0, .. bytes[12..]], "the file is damaged");
        Refuse([.. bytes[..20], 0xff, 0xff, 0xff, 0x7f, .. bytes[24..]], "not in the model's vocabulary");

        void Refuse(byte[] damaged, string message)
        {
            File.WriteAllBytes(folder["damaged"], damaged);
            var refusal = Assert.Throws<InvalidModelException>(() => PerplexityRun.Compare(model, folder["damaged"]));
            Assert.Contains(message, refusal.Message, StringComparison.Ordinal);
        }
    }

    [Fact]
    public void Models_of_different_vocabularies_are_not_compared()
    {
        using var model = Open("llama-q-f16.gguf");
        using var other = Open("qwen2.gguf");
        Assert.Throws<InvalidModelException>(() => PerplexityRun.Compare(model, other, Windows));
    }

    private static HearthModel Open(string file) => HearthModel.Load(
        VectorFiles.PathOf(file),
        new HearthModelOptions { Threads = 1, ContextLength = Length, MaxOutputs = 7, CacheTypeK = KvType.F32, CacheTypeV = KvType.F32 });
}

using Hearth.Engine.Files.Gguf;
using Hearth.Engine.Models;

namespace Hearth.Engine.Tests.Models;

/// <summary>What families make of the keys about rotation.</summary>
public sealed class RotaryKeysTests : DerivedModelTests
{
    [Theory]
    [InlineData("gemma3n.gguf", "gemma3n")]
    [InlineData("gemma4.gguf", "gemma4")]
    public void Layers_with_and_without_a_window_have_the_magnitude(string file, string family)
    {
        // Whole heads turn, so that the magnitude is a factor of their norms.
        const float magnitude = 1.4f;
        float[] stated = Logits(Derive(file, (keys, _) => keys[$"{family}.rope.scaling.attn_factor"] = magnitude));
        float[] made = Logits(Derive(file, (_, tensors) =>
        {
            foreach (var norm in tensors.Where(tensor => tensor.Name.EndsWith("attn_q_norm.weight", StringComparison.Ordinal) || tensor.Name.EndsWith("attn_k_norm.weight", StringComparison.Ordinal)))
                Scale(norm, _ => magnitude);
        }));
        Assert.InRange(LoadedModel.NormalisedError(stated, made), 0, 1e-10);
    }

    [Theory]
    [InlineData("linear")]
    [InlineData("yarn")]
    public void Layers_of_MiMo_2_with_a_window_are_not_stretched(string kind)
    {
        float[] plain = Logits(AllWindowed("none"));
        Assert.Equal(plain, Logits(AllWindowed(kind)));
        Assert.NotEqual(plain, Logits(Derive(AllWindowed(kind), (keys, _) => keys["mimo2.attention.sliding_window_pattern"] = GgufValue.ArrayOf<bool>([false, true, true]))));

        string AllWindowed(string scaling) => Derive("mimo2.gguf", (keys, _) =>
        {
            keys["mimo2.attention.sliding_window_pattern"] = GgufValue.ArrayOf<bool>([true, true, true]);
            keys["mimo2.rope.scaling.type"] = scaling;
            keys["mimo2.rope.scaling.factor"] = 3f;
            keys["mimo2.rope.scaling.original_context_length"] = 16;
        });
    }

    [Fact]
    public void Layers_of_ModernBert_with_a_window_are_not_stretched()
    {
        Assert.Equal(States("none"), States("linear"));

        // Every layer has a window where it is the first of none.
        float[] States(string scaling)
        {
            using var model = new LoadedModel(
                Derive("modern-bert.gguf", (keys, _) =>
                {
                    keys["modern-bert.attention.sliding_window_pattern"] = 0;
                    keys["modern-bert.rope.scaling.type"] = scaling;
                    keys["modern-bert.rope.scaling.factor"] = 3f;
                }),
                output: PassOutput.States);
            return model.Logits(Tokens, Tokens.Length);
        }
    }

    [Fact]
    public void AfMoe_may_have_a_base_of_the_layers_with_a_window()
    {
        // The others do not turn.
        float[] all = Logits(Derive("afmoe.gguf", (keys, _) => keys["afmoe.rope.freq_base"] = 333f));
        Assert.Equal(all, Logits(Derive("afmoe.gguf", (keys, _) => keys["afmoe.rope.freq_base_swa"] = 333f)));
    }

    [Theory]
    [InlineData("rope.scaling.yarn_beta_fast", 8f)]
    [InlineData("rope.scaling.yarn_beta_slow", 1f)]
    public void Grok_reads_where_YaRN_begins_and_ends(string key, float silent)
    {
        float[] without = Logits(Stretched((_, _) => { }));
        Assert.Equal(without, Logits(Stretched((keys, _) => keys["grok." + key] = silent)));
        Assert.NotEqual(without, Logits(Stretched((keys, _) => keys["grok." + key] = 16 * silent)));

        string Stretched(Action<GgufMetadataBuilder, List<Content>> change) => Derive("grok.gguf", (keys, tensors) =>
        {
            keys["grok.rope.scaling.type"] = "yarn";
            keys["grok.rope.scaling.factor"] = 4f;
            keys["grok.rope.scaling.original_context_length"] = 1024;
            change(keys, tensors);
        });
    }

    [Fact]
    public void Mistral_4_rotates_with_what_the_multiplier_of_YaRN_leaves()
    {
        const float factor = 4;
        const float multiplier = 0.04f;
        float left = (1 + (0.1f * MathF.Log(factor))) / (1 + (multiplier * MathF.Log(factor)));
        float[] stated = Logits(Stretched(multiplier, (_, _) => { }));

        // With a multiplier of 0.1 nothing is left for the rotation.
        float[] made = Logits(Stretched(0.1f, (_, tensors) =>
        {
            foreach (var tensor in tensors)
            {
                if (tensor.Name.EndsWith("attn_q_b.weight", StringComparison.Ordinal))
                    Scale(tensor, row => row % 12 < 6 ? 1 : left);
                if (tensor.Name.EndsWith("attn_kv_a_mqa.weight", StringComparison.Ordinal))
                    Scale(tensor, row => row < 13 ? 1 : left);
            }
        }));
        Assert.InRange(LoadedModel.NormalisedError(stated, made), 0, 1e-10);

        string Stretched(float stored, Action<GgufMetadataBuilder, List<Content>> change) => Derive("mistral4.gguf", (keys, tensors) =>
        {
            keys["mistral4.rope.scaling.type"] = "yarn";
            keys["mistral4.rope.scaling.factor"] = factor;
            keys["mistral4.rope.scaling.original_context_length"] = 64;
            keys["mistral4.rope.scaling.yarn_log_multiplier"] = stored;
            change(keys, tensors);
        });
    }

    private static void Scale(Content tensor, Func<int, float> factor)
    {
        int width = tensor.Shape.Length == 1 ? 1 : (int)tensor.Shape[0];
        for (int i = 0; i < tensor.Values.Length; i++)
            tensor.Values[i] *= factor(i / width);
    }
}

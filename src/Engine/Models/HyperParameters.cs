using System.Diagnostics.CodeAnalysis;
using Hearth.Engine.Files.Gguf;
using Hearth.Kernels.Elementwise;

namespace Hearth.Engine.Models;

/// <summary>A model's numbers under its architecture's prefix, each checked against the range that makes sense for it.</summary>
public sealed class HyperParameters
{
    private readonly GgufMetadata metadata;
    private readonly string prefix;

    internal HyperParameters(GgufMetadata metadata, string architecture)
    {
        this.metadata = metadata;
        prefix = architecture + ".";
    }

    /// <summary>The numbers under another prefix than the architecture's, as some functions keep theirs.</summary>
    /// <param name="other">The prefix, without the point.</param>
    public HyperParameters Under(string other) => new(metadata, other);

    /// <summary>Whether the file has the key.</summary>
    public bool Has(string key) => metadata.Contains(prefix + key);

    /// <summary>An integer that must be there.</summary>
    /// <exception cref="InvalidModelException">It is missing, no integer, or out of range.</exception>
    public int Int(string key, int minimum = 1, int maximum = 1 << 20) => Check(key, metadata.GetInt32(prefix + key), minimum, maximum);

    /// <summary>An integer that has a default.</summary>
    /// <exception cref="InvalidModelException">It is no integer, or out of range.</exception>
    public int Int(string key, int fallback, int minimum, int maximum)
        => Has(key) ? Int(key, minimum, maximum) : fallback;

    /// <summary>An integer per layer: an array of that many, or one number for all.</summary>
    /// <exception cref="InvalidModelException">It is missing, of another length, or out of range.</exception>
    public int[] IntPerLayer(string key, int layers, int minimum, int maximum, int? fallback = null)
    {
        if (!Has(key) && fallback is { } value)
            return Enumerable.Repeat(value, layers).ToArray();
        if (metadata.TryGetValue(prefix + key, out var stored) && stored.IsArray)
        {
            int[] values = metadata.GetInt32Array(prefix + key);
            if (values.Length < layers)
            {
                throw new InvalidModelException(
                    $"{metadata.Name}: {prefix}{key} has {values.Length} entries for {layers} layers; the file is damaged.");
            }

            foreach (int each in values)
                Check(key, each, minimum, maximum);
            return values[..layers];
        }

        return Enumerable.Repeat(Int(key, minimum, maximum), layers).ToArray();
    }

    /// <summary>A float per layer: an array of that many, or one number for all.</summary>
    /// <exception cref="InvalidModelException">It is missing, of another length, or not finite.</exception>
    public float[] FloatPerLayer(string key, int layers)
    {
        if (!metadata.TryGetValue(prefix + key, out var stored) || !stored.IsArray)
            return Enumerable.Repeat(Float(key), layers).ToArray();
        float[] values = metadata.GetSingleArray(prefix + key);
        if (values.Length < layers)
            throw new InvalidModelException($"{metadata.Name}: {prefix}{key} has {values.Length} entries for {layers} layers; the file is damaged.");
        foreach (float value in values)
            Finite(key, value);
        return values[..layers];
    }

    /// <summary>Neurons of each layer's feed-forward.</summary>
    /// <exception cref="InvalidModelException">The number is missing or out of range.</exception>
    public int[] FeedForwardLengths(int layers) => IntPerLayer("feed_forward_length", layers, 1, 1 << 20);

    /// <summary>
    /// <c>expert_feed_forward_length</c>; in files older than that key the experts of a token share <c>feed_forward_length</c>.
    /// </summary>
    /// <exception cref="InvalidModelException">Neither key makes a number of neurons.</exception>
    public int ExpertLength => Int("expert_feed_forward_length", 0, 0, 1 << 20) is int length and > 0
        ? length
        : Math.Max(1, Int("feed_forward_length") / Int("expert_used_count"));

    /// <summary>A list of Booleans, one per layer.</summary>
    /// <returns>Whether the key holds one.</returns>
    /// <exception cref="InvalidModelException">The list is shorter than the layers.</exception>
    public bool TryFlags(string key, int layers, [NotNullWhen(true)] out bool[]? flags)
    {
        flags = null;
        if (!metadata.TryGetValue(prefix + key, out var stored) || !stored.IsArray)
            return false;
        flags = metadata.GetBooleanArray(prefix + key);
        if (flags.Length < layers)
            throw new InvalidModelException($"{metadata.Name}: {prefix}{key} has {flags.Length} entries for {layers} layers; the file is damaged.");
        return true;
    }

    /// <summary>A float that must be there.</summary>
    /// <exception cref="InvalidModelException">It is missing, no number, or not finite.</exception>
    public float Float(string key) => Finite(key, metadata.GetSingle(prefix + key));

    /// <summary>A float that has a default.</summary>
    /// <exception cref="InvalidModelException">It is no number, or not finite.</exception>
    public float Float(string key, float fallback) => Has(key) ? Float(key) : fallback;

    /// <summary>A factor: 0 in a file means that there is none, as if the key were absent.</summary>
    /// <param name="key">The key without the architecture's prefix.</param>
    /// <param name="fallback">The value where there is none.</param>
    /// <exception cref="InvalidModelException">The value is not a finite number.</exception>
    public float Factor(string key, float fallback)
    {
        float value = Float(key, fallback);
        return value == 0 ? fallback : value;
    }

    /// <summary>A float above 0 that has a default.</summary>
    /// <exception cref="InvalidModelException">It is no number, not finite, or not above 0.</exception>
    public float Positive(string key, float fallback)
    {
        float value = Float(key, fallback);
        return value > 0
            ? value
            : throw new InvalidModelException($"{metadata.Name}: {prefix}{key} is {value} and must be above 0; the file is damaged.");
    }

    /// <summary>Epsilon of root-mean-square norms.</summary>
    /// <exception cref="InvalidModelException">It is missing.</exception>
    public float RmsEpsilon => Float("attention.layer_norm_rms_epsilon");

    /// <summary>Epsilon of layer norms.</summary>
    /// <exception cref="InvalidModelException">It is missing.</exception>
    public float LayerNormEpsilon => Float("attention.layer_norm_epsilon");

    /// <summary>A Boolean that has a default.</summary>
    /// <exception cref="InvalidModelException">It is no Boolean.</exception>
    public bool Flag(string key, bool fallback) => metadata.GetBoolean(prefix + key, fallback);

    /// <summary>A text that has a default.</summary>
    /// <exception cref="InvalidModelException">It is no text.</exception>
    public string Text(string key, string fallback) => metadata.GetString(prefix + key, fallback);

    /// <summary>The function of feed-forwards: <c>hidden_activation</c>, which few files have.</summary>
    /// <exception cref="InvalidModelException">It is no text, or a function that is not supported.</exception>
    public Activation Activation(Activation fallback)
        => Text("hidden_activation", "") switch
        {
            "" => fallback,
            "relu" => Kernels.Elementwise.Activation.Relu,
            "silu" or "swish" or "swiglu" => Kernels.Elementwise.Activation.Silu,
            "gelu" or "geglu" or "gelu_pytorch_tanh" => Kernels.Elementwise.Activation.Gelu,
            string other => throw new InvalidModelException($"{metadata.Name}: {prefix}hidden_activation is '{other}', which is not supported."),
        };

    private int Check(string key, int value, int minimum, int maximum)
    {
        if (value < minimum || value > maximum)
        {
            throw new InvalidModelException(
                $"{metadata.Name}: {prefix}{key} is {value}, which is not within {minimum} and {maximum}; the file is damaged.");
        }

        return value;
    }

    private float Finite(string key, float value)
        => float.IsFinite(value)
            ? value
            : throw new InvalidModelException($"{metadata.Name}: {prefix}{key} is {value}; the file is damaged.");
}

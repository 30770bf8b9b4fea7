namespace Hearth.Kernels.Attention;

/// <summary>
/// Attention of consecutive tokens of one sequence in one layer: output = softmax(scale * q.k [+ bias] [masked]) v for each query head.
/// Query head h reads KV head h / (Heads / KvHeads).
/// </summary>
public unsafe struct AttentionTask
{
    /// <summary>[tokens][Heads][KeyLength], of the first token.</summary>
    public float* Queries;

    /// <summary>Floats from one token's queries to the next.</summary>
    public nint QueryStride;

    /// <summary>[tokens][Heads][ValueLength], of the first token.</summary>
    public float* Outputs;

    /// <summary>Floats from one token's outputs to the next.</summary>
    public nint OutputStride;

    /// <summary>Tokens, at least 1.</summary>
    public int Tokens;

    /// <summary>Query heads.</summary>
    public int Heads;

    /// <summary>Key and value heads, a divisor of <see cref="Heads"/>.</summary>
    public int KvHeads;

    /// <summary>Layout of one head in a page.</summary>
    public KvHeadShape Shape;

    /// <summary>For each 64 positions of the sequence, where this layer's first head begins; head g follows at g * Shape.TotalBytes.</summary>
    public byte** Pages;

    /// <summary>Position of the first token; token t stands at FirstPosition + t.</summary>
    public int FirstPosition;

    /// <summary>Keys that exist. A causal token sees keys up to its own position, others see those behind it too.</summary>
    public int KeyCount;

    /// <summary>Whether a token sees only keys at its own position and before.</summary>
    public bool Causal;

    /// <summary>How many positions back a token sees, its own included, and as many ahead where it is not causal; 0 for all.</summary>
    public int Window;

    /// <summary>If above 0, a token sees only keys of its own chunk: positions are cut into chunks of this length from 0.</summary>
    public int Chunk;

    /// <summary>Factor of q.k.</summary>
    public float Scale;

    /// <summary>If above 0, scores become cap * tanh(score / cap) before the mask.</summary>
    public float SoftCap;

    /// <summary>ALiBi slope per query head, or null: score -= slope * |query position - key position|.</summary>
    public float* AlibiSlopes;

    /// <summary>One more logit per query head in the denominator, or null.</summary>
    public float* Sinks;
}

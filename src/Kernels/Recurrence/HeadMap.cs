namespace Hearth.Kernels.Recurrence;

/// <summary>The heads of a recurrent layer. Each has a state of KeyLength x ValueLength; its keys and queries are those of a key head.</summary>
/// <param name="KeyLength">Values of a key or query.</param>
/// <param name="ValueLength">Values of a value.</param>
/// <param name="KeyHeads">The key head of each head.</param>
public sealed record HeadMap(int KeyLength, int ValueLength, IReadOnlyList<int> KeyHeads)
{
    /// <summary>Heads.</summary>
    public int Heads => KeyHeads.Count;

    /// <summary>Floats of the states of all heads of a sequence.</summary>
    public int StateFloats => checked(Heads * HeadFloats);

    internal int HeadFloats => checked(KeyLength * LayerState.Pad(ValueLength));

    /// <summary>Consecutive heads share a key head.</summary>
    public static HeadMap Grouped(int heads, int keyHeads, int keyLength, int valueLength)
        => new(keyLength, valueLength, [.. Enumerable.Range(0, heads).Select(head => head / (heads / keyHeads))]);

    /// <summary>Heads take key heads in turn.</summary>
    public static HeadMap InTurn(int heads, int keyHeads, int keyLength, int valueLength)
        => new(keyLength, valueLength, [.. Enumerable.Range(0, heads).Select(head => head % keyHeads)]);
}

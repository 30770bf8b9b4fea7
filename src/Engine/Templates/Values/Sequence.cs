namespace Hearth.Engine.Templates.Values;

/// <summary>The items of a list or tuple. Immutable: the sandbox has no call that changes a list.</summary>
internal class Sequence
{
    /// <summary>
    /// How deep containers may be nested. Bounding it where containers are made makes every walk over a value
    /// (comparing, printing, hashing) safe from deep recursion.
    /// </summary>
    public const int MaxDepth = 200;

    private int hash;

    /// <summary>Takes over <paramref name="items"/>, which must not change afterwards.</summary>
    public Sequence(Value[] items)
    {
        Items = items;
        Depth = DepthAround(items);
        IsHashable = Array.TrueForAll(items, ValueComparer.IsHashable);
    }

    public Value[] Items { get; }

    public int Depth { get; }

    /// <summary>True if a tuple of these items may be the key of a dictionary.</summary>
    public bool IsHashable { get; }

    /// <summary>The names of the fields, where the sequence is a tuple with named fields.</summary>
    public virtual ReadOnlySpan<string> FieldNames => [];

    /// <summary>
    /// The hash of the items, computed once: a tuple that holds one tuple twice, that holds one tuple twice and so on would
    /// otherwise be hashed in exponential time.
    /// </summary>
    public int HashItems(ValueComparer comparer)
    {
        if (hash == 0)
        {
            var code = default(HashCode);
            foreach (var item in Items)
            {
                code.Add(comparer.GetHashCode(item));
            }

            int computed = code.ToHashCode();
            hash = computed == 0 ? 1 : computed;
        }

        return hash;
    }

    /// <summary>The nesting depth of a container with these items, refused where it is too deep.</summary>
    public static int DepthAround(ReadOnlySpan<Value> items)
    {
        int depth = 0;
        foreach (var item in items)
        {
            depth = Math.Max(depth, item.Depth);
        }

        return Checked(depth + 1);
    }

    /// <summary>Passes <paramref name="depth"/> through if containers may be nested so deep.</summary>
    public static int Checked(int depth)
        => depth <= MaxDepth ? depth : throw new Fault($"lists and dictionaries are nested more than {MaxDepth} deep");
}

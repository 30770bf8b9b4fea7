using System.Diagnostics.CodeAnalysis;

namespace Hearth.Engine.Templates.Values;

/// <summary>
/// A Python dictionary: keys in the order of insertion, equal numbers are one key. Filled by whoever makes it, not changed after.
/// </summary>
internal sealed class Dictionary(ValueComparer comparer)
{
    private readonly OrderedDictionary<Value, Value> entries = new(comparer);

    public int Count => entries.Count;

    public int Depth { get; private set; } = 1;

    public OrderedDictionary<Value, Value>.KeyCollection Keys => entries.Keys;

    public OrderedDictionary<Value, Value>.ValueCollection Values => entries.Values;

    /// <summary>Adds an entry; a later one with the same key replaces the value and keeps the place.</summary>
    public void Set(Value key, Value value)
    {
        Depth = Math.Max(Depth, Sequence.Checked(1 + Math.Max(key.Depth, value.Depth)));
        entries[key] = value;
    }

    /// <summary>Adds all entries of <paramref name="other"/>.</summary>
    public void SetAll(Dictionary other)
    {
        foreach (var (key, value) in other.entries)
        {
            Set(key, value);
        }
    }

    public bool TryGet(Value key, out Value value) => entries.TryGetValue(key, out value);

    public bool TryGet(string key, [MaybeNullWhen(false)] out Value value) => entries.TryGetValue(Value.From(key), out value);

    public OrderedDictionary<Value, Value>.Enumerator GetEnumerator() => entries.GetEnumerator();
}

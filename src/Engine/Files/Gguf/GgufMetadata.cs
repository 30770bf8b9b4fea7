using System.Collections;
using System.Diagnostics.CodeAnalysis;
using System.Numerics;

namespace Hearth.Engine.Files.Gguf;

/// <summary>
/// The keys of a GGUF file with their values, in the file's order. The getters convert between integer widths and between float
/// widths where the value fits, and explain what was found where it does not. An empty array passes for one of any type, because
/// writers do not know better. Immutable and thread-safe; made by a reader or by a <see cref="GgufMetadataBuilder"/>.
/// </summary>
public sealed class GgufMetadata : IReadOnlyCollection<KeyValuePair<string, GgufValue>>
{
    private readonly OrderedDictionary<string, GgufValue> values;

    internal GgufMetadata(string name, OrderedDictionary<string, GgufValue> values)
    {
        Name = name;
        this.values = values;
    }

    /// <summary>What messages call the file or other source of the keys.</summary>
    public string Name { get; }

    /// <inheritdoc/>
    public int Count => values.Count;

    /// <summary>Whether the key is present.</summary>
    public bool Contains(string key) => values.ContainsKey(key);

    /// <summary>Finds a value of any type.</summary>
    public bool TryGetValue(string key, [NotNullWhen(true)] out GgufValue? value) => values.TryGetValue(key, out value);

    /// <summary>A string.</summary>
    /// <exception cref="InvalidModelException">The key is missing or no string.</exception>
    public string GetString(string key) => TryGetString(key, out var value) ? value : throw Missing(key, "a string");

    /// <summary>A string, or <paramref name="fallback"/> where the key is missing.</summary>
    /// <exception cref="InvalidModelException">The key is no string.</exception>
    public string GetString(string key, string fallback) => TryGetString(key, out var value) ? value : fallback;

    /// <summary>Finds a string; false where the key is missing.</summary>
    /// <exception cref="InvalidModelException">The key is no string.</exception>
    public bool TryGetString(string key, [NotNullWhen(true)] out string? value)
    {
        value = null;
        if (!values.TryGetValue(key, out var found))
            return false;
        value = found.Text ?? throw WrongType(key, found, "a string");
        return true;
    }

    /// <summary>An integer of any width whose value fits.</summary>
    /// <exception cref="InvalidModelException">The key is missing, no integer, or out of range.</exception>
    public uint GetUInt32(string key) => TryGetUInt32(key, out var value) ? value : throw Missing(key, "an integer");

    /// <summary>An integer of any width whose value fits, or <paramref name="fallback"/> where the key is missing.</summary>
    /// <exception cref="InvalidModelException">The key is no integer, or out of range.</exception>
    public uint GetUInt32(string key, uint fallback) => TryGetUInt32(key, out var value) ? value : fallback;

    /// <summary>Finds an integer of any width whose value fits; false where the key is missing.</summary>
    /// <exception cref="InvalidModelException">The key is no integer, or out of range.</exception>
    public bool TryGetUInt32(string key, out uint value) => TryGetInteger(key, out value);

    /// <summary>An integer of any width whose value fits.</summary>
    /// <exception cref="InvalidModelException">The key is missing, no integer, or out of range.</exception>
    public int GetInt32(string key) => TryGetInt32(key, out var value) ? value : throw Missing(key, "an integer");

    /// <summary>An integer of any width whose value fits, or <paramref name="fallback"/> where the key is missing.</summary>
    /// <exception cref="InvalidModelException">The key is no integer, or out of range.</exception>
    public int GetInt32(string key, int fallback) => TryGetInt32(key, out var value) ? value : fallback;

    /// <summary>Finds an integer of any width whose value fits; false where the key is missing.</summary>
    /// <exception cref="InvalidModelException">The key is no integer, or out of range.</exception>
    public bool TryGetInt32(string key, out int value) => TryGetInteger(key, out value);

    /// <summary>An integer of any width that is not negative.</summary>
    /// <exception cref="InvalidModelException">The key is missing, no integer, or negative.</exception>
    public ulong GetUInt64(string key) => TryGetUInt64(key, out var value) ? value : throw Missing(key, "an integer");

    /// <summary>An integer of any width that is not negative, or <paramref name="fallback"/> where the key is missing.</summary>
    /// <exception cref="InvalidModelException">The key is no integer, or negative.</exception>
    public ulong GetUInt64(string key, ulong fallback) => TryGetUInt64(key, out var value) ? value : fallback;

    /// <summary>Finds an integer of any width that is not negative; false where the key is missing.</summary>
    /// <exception cref="InvalidModelException">The key is no integer, or negative.</exception>
    public bool TryGetUInt64(string key, out ulong value) => TryGetInteger(key, out value);

    /// <summary>A float of either width, rounded to single precision.</summary>
    /// <exception cref="InvalidModelException">The key is missing or no float.</exception>
    public float GetSingle(string key) => TryGetSingle(key, out var value) ? value : throw Missing(key, "a float");

    /// <summary>A float of either width, rounded to single precision, or <paramref name="fallback"/> where the key is missing.</summary>
    /// <exception cref="InvalidModelException">The key is no float.</exception>
    public float GetSingle(string key, float fallback) => TryGetSingle(key, out var value) ? value : fallback;

    /// <summary>Finds a float of either width, rounded to single precision; false where the key is missing.</summary>
    /// <exception cref="InvalidModelException">The key is no float, or too large for single precision.</exception>
    public bool TryGetSingle(string key, out float value)
    {
        value = 0;
        if (!values.TryGetValue(key, out var found))
            return false;
        if (!found.TryGetFloat(out var wide))
            throw WrongType(key, found, "a float");
        value = (float)wide;
        if (float.IsInfinity(value) && double.IsFinite(wide))
            throw OutOfRange(key, found.ToString(), "Float32");
        return true;
    }

    /// <summary>A Boolean.</summary>
    /// <exception cref="InvalidModelException">The key is missing or no Boolean.</exception>
    public bool GetBoolean(string key) => TryGetBoolean(key, out var value) ? value : throw Missing(key, "a Boolean");

    /// <summary>A Boolean, or <paramref name="fallback"/> where the key is missing.</summary>
    /// <exception cref="InvalidModelException">The key is no Boolean.</exception>
    public bool GetBoolean(string key, bool fallback) => TryGetBoolean(key, out var value) ? value : fallback;

    /// <summary>Finds a Boolean; false where the key is missing.</summary>
    /// <exception cref="InvalidModelException">The key is no Boolean.</exception>
    public bool TryGetBoolean(string key, out bool value)
    {
        value = false;
        if (!values.TryGetValue(key, out var found))
            return false;
        if (found.Type != GgufValueType.Bool)
            throw WrongType(key, found, "a Boolean");
        value = found.Bits != 0;
        return true;
    }

    /// <summary>An array of strings.</summary>
    /// <exception cref="InvalidModelException">The key is missing or no array of strings.</exception>
    public GgufStringArray GetStringArray(string key)
        => TryGetStringArray(key, out var value) ? value : throw Missing(key, "an array of strings");

    /// <summary>Finds an array of strings; false where the key is missing.</summary>
    /// <exception cref="InvalidModelException">The key is no array of strings.</exception>
    public bool TryGetStringArray(string key, [NotNullWhen(true)] out GgufStringArray? value)
    {
        value = null;
        if (!values.TryGetValue(key, out var found))
            return false;
        value = found.Strings ?? (found.IsArray && found.Count == 0 ? new GgufStringArray([]) : null)
            ?? throw WrongType(key, found, "an array of strings");
        return true;
    }

    /// <summary>An array of integers of any width whose values fit; the caller's own copy.</summary>
    /// <exception cref="InvalidModelException">The key is missing, no array of integers, or an element is out of range.</exception>
    public int[] GetInt32Array(string key)
        => TryGetInt32Array(key, out var value) ? value : throw Missing(key, "an array of integers");

    /// <summary>Finds an array of integers of any width whose values fit; false where the key is missing.</summary>
    /// <exception cref="InvalidModelException">The key is no array of integers, or an element is out of range.</exception>
    public bool TryGetInt32Array(string key, [NotNullWhen(true)] out int[]? value)
    {
        value = null;
        if (!TryGetArray(key, GgufScalar.IsInteger, "an array of integers", out var found))
            return false;
        try
        {
            value = found.ToIntegers<int>();
        }
        catch (OverflowException e)
        {
            throw new InvalidModelException($"{Name}: an element of key '{key}' does not fit in Int32.", e);
        }

        return true;
    }

    /// <summary>An array of floats of either width, rounded to single precision; the caller's own copy.</summary>
    /// <exception cref="InvalidModelException">The key is missing or no array of floats.</exception>
    public float[] GetSingleArray(string key)
        => TryGetSingleArray(key, out var value) ? value : throw Missing(key, "an array of floats");

    /// <summary>Finds an array of floats of either width, rounded to single precision; false where the key is missing.</summary>
    /// <exception cref="InvalidModelException">The key is no array of floats.</exception>
    public bool TryGetSingleArray(string key, [NotNullWhen(true)] out float[]? value)
    {
        value = TryGetArray(key, GgufScalar.IsFloat, "an array of floats", out var found) ? found.ToSingles() : null;
        return value is not null;
    }

    /// <summary>An array of Booleans; the caller's own copy.</summary>
    /// <exception cref="InvalidModelException">The key is missing or no array of Booleans.</exception>
    public bool[] GetBooleanArray(string key)
        => TryGetBooleanArray(key, out var value) ? value : throw Missing(key, "an array of Booleans");

    /// <summary>Finds an array of Booleans; false where the key is missing.</summary>
    /// <exception cref="InvalidModelException">The key is no array of Booleans.</exception>
    public bool TryGetBooleanArray(string key, [NotNullWhen(true)] out bool[]? value)
    {
        value = TryGetArray(key, type => type == GgufValueType.Bool, "an array of Booleans", out var found) ? found.ToBooleans() : null;
        return value is not null;
    }

    /// <inheritdoc/>
    public IEnumerator<KeyValuePair<string, GgufValue>> GetEnumerator() => values.GetEnumerator();

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();

    private bool TryGetInteger<T>(string key, out T value)
        where T : unmanaged, IBinaryInteger<T>, IMinMaxValue<T>
    {
        value = T.Zero;
        if (!values.TryGetValue(key, out var found))
            return false;
        if (!found.TryGetInteger(out var wide))
            throw WrongType(key, found, "an integer");
        if (wide < Int128.CreateChecked(T.MinValue) || wide > Int128.CreateChecked(T.MaxValue))
            throw OutOfRange(key, found.ToString(), typeof(T).Name);
        value = T.CreateTruncating(wide);
        return true;
    }

    private bool TryGetArray(
        string key, Func<GgufValueType, bool> accepts, string expected, [NotNullWhen(true)] out GgufValue? found)
    {
        if (!values.TryGetValue(key, out found))
            return false;
        if (!found.IsArray || (found.Count > 0 && !accepts(found.ElementType)))
            throw WrongType(key, found, expected);
        return true;
    }

    private InvalidModelException Missing(string key, string expected)
        => new($"{Name}: key '{key}' is missing; it should be {expected}.");

    private InvalidModelException WrongType(string key, GgufValue found, string expected)
        => new($"{Name}: key '{key}' is {found.Describe()}; it should be {expected}.");

    private InvalidModelException OutOfRange(string key, string value, string type)
        => new($"{Name}: key '{key}' is {value}, which does not fit in {type}.");
}

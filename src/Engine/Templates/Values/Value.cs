using System.Diagnostics.CodeAnalysis;
using System.Numerics;

namespace Hearth.Engine.Templates.Values;

/// <summary>
/// A value of the template language: Python's, as far as templates can see. Immutable, except that an object may carry state.
/// Numbers and booleans live in <see cref="bits"/>, everything else behind one reference.
/// </summary>
internal readonly struct Value
{
    // A long, a boolean as 0 or 1, the bits of a double, or 1 for a text that is marked as HTML. Of an undefined value: 0 if the
    // reference is its message, 1 if it is a name, 2 + kind if it is the name of an attribute that a value of the kind lacks.
    private readonly long bits;

    // A string, a boxed BigInteger that no long can hold, a Sequence, a Dictionary, a TemplateObject.
    private readonly object? reference;

    private Value(ValueKind kind, long bits, object? reference)
    {
        Kind = kind;
        this.bits = bits;
        this.reference = reference;
    }

    public ValueKind Kind { get; }

    public static Value None => new(ValueKind.None, 0, null);

    public static Value True => new(ValueKind.Boolean, 1, null);

    public static Value False => new(ValueKind.Boolean, 0, null);

    public static Value Empty => new(ValueKind.String, 0, "");

    public bool IsUndefined => Kind == ValueKind.Undefined;

    public bool IsNone => Kind == ValueKind.None;

    public bool IsString => Kind == ValueKind.String;

    /// <summary>A boolean is an integer in Python, and counts as a number.</summary>
    public bool IsNumber => Kind is ValueKind.Boolean or ValueKind.Integer or ValueKind.Float;

    /// <summary>An integer or a boolean: what can be an index.</summary>
    public bool IsIntegral => Kind is ValueKind.Boolean or ValueKind.Integer;

    /// <summary>True for a text that escaping leaves alone.</summary>
    public bool IsMarkup => Kind == ValueKind.String && bits != 0;

    public bool Boolean => bits != 0;

    /// <summary>The integer's or boolean's value, if a long holds it.</summary>
    public bool TryGetLong(out long value)
    {
        value = bits;
        return IsIntegral && reference is null;
    }

    public BigInteger Integer => reference is BigInteger big ? big : bits;

    public double Float => BitConverter.Int64BitsToDouble(bits);

    public string String => (string)reference!;

    public Sequence Sequence => (Sequence)reference!;

    public Value[] Items => ((Sequence)reference!).Items;

    public Dictionary Dict => (Dictionary)reference!;

    public TemplateObject Object => (TemplateObject)reference!;

    /// <summary>What using this undefined value is answered with.</summary>
    public string UndefinedMessage => (reference, bits) switch
    {
        (string message, 0) => message,
        (string name, 1) => $"'{name}' is undefined",
        (string name, _) => $"'{OwnerName((ValueKind)(bits - 2))}' has no attribute '{name}'",
        _ => "a value is undefined",
    };

    public static Value From(bool value) => value ? True : False;

    public static Value From(long value) => new(ValueKind.Integer, value, null);

    public static Value From(BigInteger value)
        => value >= long.MinValue && value <= long.MaxValue
            ? From((long)value)
            : new(ValueKind.Integer, 0, value);

    public static Value From(double value) => new(ValueKind.Float, BitConverter.DoubleToInt64Bits(value), null);

    public static Value From(string value) => new(ValueKind.String, 0, value);

    public static Value From(Dictionary value) => new(ValueKind.Dict, 0, value);

    public static Value From(TemplateObject value) => new(ValueKind.Object, 0, value);

    /// <summary>A text, marked as HTML if <paramref name="markup"/>.</summary>
    public static Value Text(string value, bool markup) => new(ValueKind.String, markup ? 1 : 0, value);

    /// <summary>A list that owns <paramref name="items"/> from here on.</summary>
    public static Value List(Value[] items) => new(ValueKind.List, 0, new Sequence(items));

    /// <summary>A tuple that owns <paramref name="items"/> from here on.</summary>
    public static Value Tuple(params Value[] items) => new(ValueKind.Tuple, 0, new Sequence(items));

    /// <summary>A tuple over a given sequence, which may have named fields.</summary>
    public static Value Tuple(Sequence items) => new(ValueKind.Tuple, 0, items);

    /// <summary>An undefined value.</summary>
    /// <param name="message">What its use is answered with, a clause.</param>
    public static Value Undefined(string message) => new(ValueKind.Undefined, 0, message);

    /// <summary>The undefined value of a name that no scope knows.</summary>
    public static Value UndefinedName(string name) => new(ValueKind.Undefined, 1, name);

    /// <summary>The undefined value of an attribute or key that <paramref name="owner"/> lacks. Made often, described rarely.</summary>
    public static Value UndefinedAttribute(Value owner, string name) => new(ValueKind.Undefined, 2 + (long)owner.Kind, name);

    public bool TryGetObject<T>([NotNullWhen(true)] out T? value)
        where T : TemplateObject
    {
        value = reference as T;
        return value is not null;
    }

    /// <summary>True if both are the same object, or equal values of a kind that has no identity of its own here.</summary>
    public bool IsSameAs(Value other)
        => Kind == other.Kind && (Kind switch
        {
            ValueKind.None or ValueKind.Boolean => bits == other.bits,
            ValueKind.Integer => bits == other.bits && Equals(reference, other.reference),
            ValueKind.Float => bits == other.bits,
            ValueKind.String => String == other.String,
            _ => ReferenceEquals(reference, other.reference),
        });

    /// <summary>How deep lists, tuples and dictionaries are nested in this value; 0 for all other values.</summary>
    public int Depth => reference switch
    {
        Sequence sequence => sequence.Depth,
        Dictionary dictionary => dictionary.Depth,
        _ => 0,
    };

    /// <summary>Python's truth of the value.</summary>
    public bool IsTrue => Kind switch
    {
        ValueKind.Undefined or ValueKind.None => false,
        ValueKind.Boolean => bits != 0,
        ValueKind.Integer => bits != 0 || reference is not null,
        ValueKind.Float => Float != 0,
        ValueKind.String => String.Length > 0,
        ValueKind.List or ValueKind.Tuple => Items.Length > 0,
        ValueKind.Dict => Dict.Count > 0,
        _ => Object.Length is not 0,
    };

    /// <summary>The type's name in Python's messages.</summary>
    public string TypeName => Kind == ValueKind.Object ? Object.TypeName : NameOf(Kind);

    public override string ToString() => IsString ? String : TypeName;

    private static string OwnerName(ValueKind kind) => kind == ValueKind.None ? "None" : $"{NameOf(kind)} object";

    private static string NameOf(ValueKind kind) => kind switch
    {
        ValueKind.Undefined => "Undefined",
        ValueKind.None => "NoneType",
        ValueKind.Boolean => "bool",
        ValueKind.Integer => "int",
        ValueKind.Float => "float",
        ValueKind.String => "str",
        ValueKind.List => "list",
        ValueKind.Tuple => "tuple",
        ValueKind.Dict => "dict",
        _ => "object",
    };
}

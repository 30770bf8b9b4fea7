using Hearth.Engine.Templates.Values;

namespace Hearth.Engine.Templates.Rendering;

/// <summary>Arguments in the places of a function's parameters, read with the types that the function needs.</summary>
internal readonly struct BoundArguments(string function, Value?[] values)
{
    /// <summary>The argument, or null where the call leaves it out.</summary>
    public Value? this[int place] => values[place];

    /// <summary>An argument that the binding has required.</summary>
    public Value Required(int place) => values[place]!.Value;

    /// <summary>An argument; None stands for a left-out one, as in most of Python's signatures.</summary>
    public Value? Optional(int place) => values[place] is { IsNone: false } value ? value : null;

    public bool Flag(int place, bool otherwise = false) => values[place]?.IsTrue ?? otherwise;

    public string Text(int place, string otherwise = "") => values[place] is { } value ? AsText(value) : otherwise;

    /// <summary>A text; null where it is left out or None.</summary>
    public string? OptionalText(int place) => Optional(place) is { } value ? AsText(value) : null;

    public int Integer(int place, int otherwise = 0) => values[place] is { } value ? Clamped(value) : otherwise;

    /// <summary>An integer; null where it is left out or None.</summary>
    public int? OptionalInteger(int place) => Optional(place) is { } value ? Clamped(value) : null;

    private string AsText(Value value)
    {
        Arithmetic.RefuseUndefined(value);
        return value.IsString ? value.String : throw new Fault($"{function}() needs a text, not '{value.TypeName}'");
    }

    // Lengths, counts and positions: what lies outside an int behaves as the nearest int does.
    private static int Clamped(Value value)
    {
        Arithmetic.RefuseUndefined(value);
        if (!value.IsIntegral)
        {
            throw new Fault($"'{value.TypeName}' object cannot be interpreted as an integer");
        }

        return value.TryGetLong(out long number)
            ? (int)Math.Clamp(number, int.MinValue, int.MaxValue)
            : value.Integer.Sign < 0 ? int.MinValue : int.MaxValue;
    }
}

using System.Numerics;
using Hearth.Engine.Templates.Rendering;

namespace Hearth.Engine.Templates.Values;

/// <summary>
/// Python's <c>==</c> and <c>hash</c>. Every comparison is charged, for values that share parts compare in exponential time.
/// </summary>
internal sealed class ValueComparer(Meter meter) : IEqualityComparer<Value>
{
    public bool Equals(Value x, Value y)
    {
        meter.Step();
        if (x.IsNumber && y.IsNumber)
        {
            return Numbers.AreEqual(x, y);
        }

        if (x.Kind != y.Kind)
        {
            return false;
        }

        switch (x.Kind)
        {
            case ValueKind.Undefined or ValueKind.None:
                return true;
            case ValueKind.String:
                return SameText(x.String, y.String);
            case ValueKind.List or ValueKind.Tuple:
                return ReferenceEquals(x.Items, y.Items) || SameItems(x.Items, y.Items);
            case ValueKind.Dict:
                return ReferenceEquals(x.Dict, y.Dict) || SameEntries(x.Dict, y.Dict);
            default:
                return ReferenceEquals(x.Object, y.Object) || x.Object.IsEqualTo(y.Object, this);
        }
    }

    public int GetHashCode(Value value)
    {
        switch (value.Kind)
        {
            case ValueKind.Boolean or ValueKind.Integer:
                return value.TryGetLong(out long number) ? number.GetHashCode() : value.Integer.GetHashCode();
            case ValueKind.Float:
                // Equal numbers hash equally, whatever their type.
                double real = value.Float;
                return double.IsInteger(real) ? GetHashCode(Value.From(new BigInteger(real))) : real.GetHashCode();
            case ValueKind.String:
                meter.Scan(value.String.Length);
                return value.String.GetHashCode();
            case ValueKind.Tuple:
                return value.Sequence.HashItems(this);
            case ValueKind.List or ValueKind.Dict:
                throw new Fault($"unhashable type: '{value.TypeName}'");
            case ValueKind.Object:
                return value.Object.HashCode;
            default:
                return (int)value.Kind;
        }
    }

    /// <summary>True if <paramref name="value"/> may be the key of a dictionary.</summary>
    public static bool IsHashable(Value value)
        => value.Kind switch
        {
            ValueKind.List or ValueKind.Dict => false,
            ValueKind.Tuple => value.Sequence.IsHashable,
            _ => true,
        };

    private bool SameText(string x, string y)
    {
        if (x.Length != y.Length)
        {
            return false;
        }

        meter.Scan(x.Length);
        return x == y;
    }

    private bool SameItems(Value[] x, Value[] y)
    {
        if (x.Length != y.Length)
        {
            return false;
        }

        for (int i = 0; i < x.Length; i++)
        {
            if (!Equals(x[i], y[i]))
            {
                return false;
            }
        }

        return true;
    }

    private bool SameEntries(Dictionary x, Dictionary y)
    {
        if (x.Count != y.Count)
        {
            return false;
        }

        foreach (var (key, value) in x)
        {
            if (!y.TryGet(key, out var other) || !Equals(value, other))
            {
                return false;
            }
        }

        return true;
    }
}

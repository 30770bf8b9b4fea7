using System.Numerics;
using Hearth.Engine.Templates.Builtins;
using Hearth.Engine.Templates.Values;

namespace Hearth.Engine.Templates.Rendering;

/// <summary>
/// Reading parts of values: <c>x.name</c>, <c>x[key]</c> and <c>x[a:b:c]</c>. As in Jinja, the dot looks for an attribute first
/// and for a key second, brackets the other way round; what is not found is undefined, not a failure.
/// </summary>
internal static class Lookup
{
    public static Value Attribute(RenderContext context, Value owner, string name)
    {
        Arithmetic.RefuseUndefined(owner);
        return TryAttribute(context, owner, name, out var value) || TryKey(context, owner, Value.From(name), out value)
            ? value
            : Value.UndefinedAttribute(owner, name);
    }

    public static Value Item(RenderContext context, Value owner, Value key)
    {
        Arithmetic.RefuseUndefined(owner);
        if (TryKey(context, owner, key, out var value) || (key.IsString && TryAttribute(context, owner, key.String, out value)))
        {
            return value;
        }

        return key.IsString
            ? Value.UndefinedAttribute(owner, key.String)
            : Value.Undefined($"a '{owner.TypeName}' object has no element {ValueText.Repr(context, key)}");

    }

    /// <summary>The attribute alone, without looking for a key.</summary>
    public static bool TryAttribute(RenderContext context, Value owner, string name, out Value value)
    {
        switch (owner.Kind)
        {
            case ValueKind.String when StringMethods.Find(name) is { } method:
                value = Value.From(new BoundMethod(name, owner, method));
                return true;
            case ValueKind.List or ValueKind.Tuple when owner.Sequence.FieldNames.IndexOf(name) is var field and >= 0:
                value = owner.Items[field];
                return true;
            case ValueKind.List or ValueKind.Tuple when SequenceMethods.Find(name) is { } method:
                value = Value.From(new BoundMethod(name, owner, method));
                return true;
            case ValueKind.Dict when DictMethods.Find(name) is { } method:
                value = Value.From(new BoundMethod(name, owner, method));
                return true;
            case ValueKind.Float when name == "is_integer":
                value = Value.From(new BoundMethod(name, owner, static (_, self, _) => Value.From(double.IsInteger(self.Float))));
                return true;
            case ValueKind.Object:
                return owner.Object.TryGetAttribute(context, name, out value);
        }

        bool mutates = (owner.Kind == ValueKind.List && SequenceMethods.Mutators.Contains(name))
            || (owner.Kind == ValueKind.Dict && DictMethods.Mutators.Contains(name));
        value = mutates
            ? Value.Undefined($"'{name}' would change a {owner.TypeName}, which templates must not")
            : default;
        return mutates;
    }

    /// <summary>Python's <c>x[start:stop:step]</c>.</summary>
    public static Value Slice(RenderContext context, Value owner, Value start, Value stop, Value step)
    {
        Arithmetic.RefuseUndefined(owner);
        if (owner.Kind is not (ValueKind.String or ValueKind.List or ValueKind.Tuple) && !owner.TryGetObject<Builtins.Range>(out _))
        {
            throw new Fault($"'{owner.TypeName}' object cannot be sliced");
        }

        int stride = Bound(step) ?? 1;
        if (stride == 0)
        {
            throw new Fault("slice step cannot be zero");
        }

        int length = Iteration.Length(context, owner)!.Value;
        var (first, count) = Resolve(length, Bound(start), Bound(stop), stride);
        if (owner.TryGetObject<Builtins.Range>(out var range))
        {
            return Value.From(range.Slice(first, count, stride));
        }

        if (owner.IsString)
        {
            return SliceText(context, owner, first, count, stride);
        }

        context.Meter.Step(count);
        var items = new Value[count];
        for (int i = 0; i < count; i++)
        {
            items[i] = owner.Items[first + (i * stride)];
        }

        return owner.Kind == ValueKind.List ? Value.List(items) : Value.Tuple(items);
    }

    /// <summary>The text with its code points in reverse order.</summary>
    public static Value Reverse(RenderContext context, Value text)
    {
        int length = PythonText.Length(text.String);
        return SliceText(context, text, length - 1, length, -1);
    }

    // Where a slice starts within a sequence and how many items it takes.
    private static (int First, int Count) Resolve(int length, int? start, int? stop, int stride)
    {
        int lowest = stride > 0 ? 0 : -1;
        int highest = stride > 0 ? length : length - 1;
        int Clamp(int index) => Math.Clamp(index < 0 ? index + length : index, lowest, highest);
        int first = start is { } from ? Clamp(from) : stride > 0 ? lowest : highest;
        int end = stop is { } to ? Clamp(to) : stride > 0 ? highest : lowest;
        long distance = stride > 0 ? (long)end - first : (long)first - end;
        return (first, distance <= 0 ? 0 : (int)((distance - 1) / Math.Abs((long)stride)) + 1);
    }

    private static Value SliceText(RenderContext context, Value owner, int first, int count, int stride)
    {
        string text = owner.String;
        context.Meter.Text(count);
        if (stride == 1)
        {
            int begin = PythonText.Offset(text, 0, count == 0 ? 0 : first);
            return Value.Text(text[begin..PythonText.Offset(text, begin, count)], owner.IsMarkup);
        }

        var builder = new TextBuilder(context.Meter);
        if (PythonText.HasPairs(text))
        {
            string[] points = PythonText.Split(text);
            for (int i = 0; i < count; i++)
            {
                builder.Append(points[first + (i * stride)]);
            }

            return Value.Text(builder.ToString(), owner.IsMarkup);
        }

        return Value.Text(string.Create(count, (text, first, stride), static (target, source) =>
        {
            for (int i = 0; i < target.Length; i++)
            {
                target[i] = source.text[source.first + (i * source.stride)];
            }
        }), owner.IsMarkup);
    }

    private static bool TryKey(RenderContext context, Value owner, Value key, out Value value)
    {
        value = default;
        switch (owner.Kind)
        {
            case ValueKind.Dict:
                return ValueComparer.IsHashable(key) && owner.Dict.TryGet(key, out value);
            case ValueKind.List or ValueKind.Tuple when key.IsIntegral:
                int place = Place(key, owner.Items.Length);
                value = place < 0 ? default : owner.Items[place];
                return place >= 0;
            case ValueKind.String when key.IsIntegral:
                context.Meter.Scan(owner.String.Length);
                int point = Place(key, PythonText.Length(owner.String));
                value = point < 0 ? default : SliceText(context, owner, point, 1, 1);
                return point >= 0;
            case ValueKind.Object:
                return owner.Object.TryGetItem(context, key, out value);
            default:
                return false;
        }
    }

    /// <summary>The place that an index means, counted from the end where negative; -1 where there is none.</summary>
    public static int Place(Value index, int length)
    {
        if (!index.TryGetLong(out long place))
        {
            return -1;
        }

        place = place < 0 ? place + length : place;
        return place >= 0 && place < length ? (int)place : -1;
    }

    private static int? Bound(Value value)
    {
        if (value.IsNone)
        {
            return null;
        }

        if (!value.IsIntegral)
        {
            throw new Fault("slice indices must be integers or None or have an __index__ method");
        }

        // Clamping to half the range keeps later sums within an int.
        return (int)BigInteger.Max(int.MinValue / 2, BigInteger.Min(int.MaxValue / 2, value.Integer));
    }
}

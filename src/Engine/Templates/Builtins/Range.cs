using Hearth.Engine.Templates.Rendering;
using Hearth.Engine.Templates.Values;

namespace Hearth.Engine.Templates.Builtins;

/// <summary>Python's <c>range</c>, at most as long as Jinja's sandbox allows.</summary>
internal sealed class Range : TemplateObject
{
    private const int MaxLength = 100_000;

    private readonly long start;
    private readonly long stop;
    private readonly long step;
    private readonly int length;

    private Range(long start, long stop, long step)
    {
        Int128 distance = step > 0 ? (Int128)stop - start : (Int128)start - stop;
        Int128 count = distance <= 0 ? 0 : ((distance - 1) / Int128.Abs(step)) + 1;
        (this.start, this.stop, this.step) = (start, stop, step);
        length = count <= MaxLength
            ? (int)count
            : throw new Fault($"a range has more than the {MaxLength} items that the sandbox allows");
    }

    public override string TypeName => "range";

    public override int? Length => length;

    public override bool IsIterable => true;

    public override bool IsIndexable => true;

    public override int HashCode => length == 0 ? 0 : System.HashCode.Combine(length, start, length == 1 ? 0 : step);

    /// <summary>The function <c>range(stop)</c> or <c>range(start, stop, step)</c>.</summary>
    public static Value Create(RenderContext context, Value self, Arguments arguments)
    {
        var bounds = arguments.Positional;
        if (arguments.Named.Length > 0 || bounds.Length is 0 or > 3)
        {
            throw new Fault("range() takes one to three arguments by position");
        }

        long stepping = bounds.Length == 3 ? Bound(bounds[2]) : 1;
        if (stepping == 0)
        {
            throw new Fault("range() arg 3 must not be zero");
        }

        return Value.From(bounds.Length == 1
            ? new Range(0, Bound(bounds[0]), 1)
            : new Range(Bound(bounds[0]), Bound(bounds[1]), stepping));
    }

    /// <summary>The range of every <paramref name="stride"/>-th item, <paramref name="count"/> in number.</summary>
    public Range Slice(int first, int count, int stride)
    {
        // With two items or more, the stride is shorter than the range, so that no product below overflows.
        long from = start + (first * step);
        return count < 2 ? new Range(from, from + count, 1) : new Range(from, from + (count * step * stride), step * stride);
    }

    public override string Describe(RenderContext context) => step == 1 ? $"range({start}, {stop})" : $"range({start}, {stop}, {step})";

    public override Value[] Iterate(RenderContext context)
    {
        context.Meter.Step(length);
        var items = new Value[length];
        for (int i = 0; i < length; i++)
        {
            items[i] = Value.From(start + (i * step));
        }

        return items;
    }

    public override bool TryGetItem(RenderContext context, Value key, out Value value)
    {
        int place = key.IsIntegral ? Lookup.Place(key, length) : -1;
        value = place < 0 ? default : Value.From(start + (place * step));
        return place >= 0;
    }

    public override bool IsEqualTo(TemplateObject other, ValueComparer comparer)
        => other is Range range && range.length == length
            && (length == 0 || (range.start == start && (length == 1 || range.step == step)));

    private static long Bound(Value value)
    {
        Arithmetic.RefuseUndefined(value);
        if (!value.IsIntegral)
        {
            throw new Fault($"'{value.TypeName}' object cannot be interpreted as an integer");
        }

        return value.TryGetLong(out long bound) && Int128.Abs(bound) <= 1L << 45
            ? bound
            : throw new Fault("a bound of range() is too large");
    }
}

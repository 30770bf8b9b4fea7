using Hearth.Engine.Templates.Rendering;

namespace Hearth.Engine.Templates.Values;

/// <summary>Python's <c>&lt;</c>, <c>&lt;=</c>, <c>&gt;</c> and <c>&gt;=</c>, and sorting with them.</summary>
internal static class Ordering
{
    /// <summary>Compares two values with one of the four operators; values of different types have no order.</summary>
    public static bool Compare(RenderContext context, string symbol, Value x, Value y)
    {
        Arithmetic.RefuseUndefined(x);
        Arithmetic.RefuseUndefined(y);
        context.Meter.Step();
        if (x.IsNumber && y.IsNumber)
        {
            return Numbers.TryCompare(x, y, out int order) && Holds(symbol, order);
        }

        if (x.Kind == y.Kind && x.IsString)
        {
            context.Meter.Scan(Math.Min(x.String.Length, y.String.Length));
            return Holds(symbol, PythonText.Compare(x.String, y.String));
        }

        if (x.Kind == y.Kind && x.Kind is ValueKind.List or ValueKind.Tuple)
        {
            return CompareItems(context, symbol, x.Items, y.Items);
        }

        throw new Fault($"'{symbol}' not supported between instances of '{x.TypeName}' and '{y.TypeName}'");
    }

    /// <summary>
    /// Sorts as Python's <c>sorted</c>: stable, with nothing but <c>&lt;</c> asked of the keys, also in reverse.
    /// </summary>
    /// <returns>The places of the keys in sorted order.</returns>
    public static int[] Sort(RenderContext context, Value[] keys, bool reverse)
    {
        context.Meter.Step(keys.Length);
        int[] places = [.. Enumerable.Range(0, keys.Length)];
        int[] merged = new int[keys.Length];
        for (int width = 1; width < keys.Length; width *= 2)
        {
            for (int low = 0; low < keys.Length; low += 2 * width)
            {
                int middle = Math.Min(low + width, keys.Length);
                int high = Math.Min(middle + width, keys.Length);
                Merge(context, keys, reverse, places.AsSpan(low..middle), places.AsSpan(middle..high), merged.AsSpan(low..high));
            }

            (places, merged) = (merged, places);
        }

        return places;
    }

    private static void Merge(
        RenderContext context, Value[] keys, bool reverse, ReadOnlySpan<int> left, ReadOnlySpan<int> right, Span<int> merged)
    {
        int i = 0, j = 0;
        foreach (ref int place in merged)
        {
            // Only a right key that is truly first goes first: equal ones keep their order.
            bool takesRight = j < right.Length && (i == left.Length || (reverse
                ? Compare(context, "<", keys[left[i]], keys[right[j]])
                : Compare(context, "<", keys[right[j]], keys[left[i]])));
            place = takesRight ? right[j++] : left[i++];
        }
    }

    private static bool CompareItems(RenderContext context, string symbol, Value[] x, Value[] y)
    {
        int common = Math.Min(x.Length, y.Length);
        for (int i = 0; i < common; i++)
        {
            if (!context.Comparer.Equals(x[i], y[i]))
            {
                return Compare(context, symbol, x[i], y[i]);
            }
        }

        return Holds(symbol, x.Length.CompareTo(y.Length));
    }

    private static bool Holds(string symbol, int order) => symbol switch
    {
        "<" => order < 0,
        "<=" => order <= 0,
        ">" => order > 0,
        _ => order >= 0,
    };
}

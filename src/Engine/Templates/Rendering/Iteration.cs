using Hearth.Engine.Templates.Values;

namespace Hearth.Engine.Templates.Rendering;

/// <summary>The items of values: what <c>for</c>, filters and <c>in</c> go through.</summary>
internal static class Iteration
{
    /// <summary>The items in order: of a list its items, of a dictionary its keys, of a text its characters.</summary>
    /// <remarks>The array may be the value's own and must not be changed.</remarks>
    public static Value[] Items(RenderContext context, Value value)
    {
        switch (value.Kind)
        {
            case ValueKind.Undefined:
                return [];
            case ValueKind.List or ValueKind.Tuple:
                return value.Items;
            case ValueKind.Dict:
                context.Meter.Step(value.Dict.Count);
                return [.. value.Dict.Keys];
            case ValueKind.String:
                context.Meter.Step(value.String.Length);
                return Array.ConvertAll(PythonText.Split(value.String), Value.From);
            case ValueKind.Object:
                return value.Object.Iterate(context);
            default:
                throw new Fault($"'{value.TypeName}' object is not iterable");
        }
    }

    public static bool IsIterable(Value value)
        => value.Kind is not (ValueKind.None or ValueKind.Boolean or ValueKind.Integer or ValueKind.Float)
            && (value.Kind != ValueKind.Object || value.Object.IsIterable);

    /// <summary>Python's <c>len</c>; null if the value has none.</summary>
    public static int? Length(RenderContext context, Value value)
    {
        switch (value.Kind)
        {
            case ValueKind.Undefined:
                return 0;
            case ValueKind.String:
                context.Meter.Scan(value.String.Length);
                return PythonText.Length(value.String);
            case ValueKind.List or ValueKind.Tuple:
                return value.Items.Length;
            case ValueKind.Dict:
                return value.Dict.Count;
            case ValueKind.Object:
                return value.Object.Length;
            default:
                return null;
        }
    }

    /// <summary>Python's <c>item in container</c>.</summary>
    public static bool Contains(RenderContext context, Value container, Value item)
    {
        switch (container.Kind)
        {
            case ValueKind.String when item.IsString:
                context.Meter.Search(container.String.Length, item.String.Length);
                return container.String.Contains(item.String, StringComparison.Ordinal);
            case ValueKind.String:
                throw new Fault($"'in <string>' requires string as left operand, not {item.TypeName}");
            case ValueKind.Dict:
                return container.Dict.TryGet(item, out _);
            case ValueKind.None or ValueKind.Boolean or ValueKind.Integer or ValueKind.Float:
                throw new Fault($"argument of type '{container.TypeName}' is not iterable");
            default:
                foreach (var candidate in Items(context, container))
                {
                    if (context.Comparer.Equals(candidate, item))
                    {
                        return true;
                    }
                }

                return false;
        }
    }
}

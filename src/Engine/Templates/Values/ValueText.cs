using System.Globalization;
using System.Text;
using Hearth.Engine.Templates.Rendering;

namespace Hearth.Engine.Templates.Values;

/// <summary>Values as text: Python's <c>str</c> and <c>repr</c>.</summary>
internal static class ValueText
{
    /// <summary>Python's <c>str</c>, which is also what <c>{{ ... }}</c> prints.</summary>
    public static string Str(RenderContext context, Value value)
    {
        switch (value.Kind)
        {
            case ValueKind.String:
                return value.String;
            case ValueKind.Undefined:
                return "";
            case ValueKind.Object:
                string text = value.Object.Describe(context);
                context.Meter.Text(text.Length);
                return text;
            default:
                return Repr(context, value);
        }
    }

    /// <summary>Python's <c>repr</c>.</summary>
    public static string Repr(RenderContext context, Value value)
    {
        var builder = new TextBuilder(context.Meter);
        AppendRepr(context, builder, value);
        return builder.ToString();
    }

    /// <summary>Appends Python's <c>repr</c>. The depth of containers is bounded where they are made.</summary>
    public static void AppendRepr(RenderContext context, TextBuilder builder, Value value)
    {
        context.Meter.Step();
        switch (value.Kind)
        {
            case ValueKind.Undefined:
                builder.Append("Undefined");
                break;
            case ValueKind.None:
                builder.Append("None");
                break;
            case ValueKind.Boolean:
                builder.Append(value.Boolean ? "True" : "False");
                break;
            case ValueKind.Integer:
                builder.Append(IntegerText(context, value));
                break;
            case ValueKind.Float:
                builder.Append(FloatText.Repr(value.Float));
                break;
            case ValueKind.String:
                AppendQuoted(builder, value.String, value.IsMarkup);
                break;
            case ValueKind.List:
                AppendItems(context, builder, '[', value.Items, ']');
                break;
            case ValueKind.Tuple:
                AppendItems(context, builder, '(', value.Items, ')');
                break;
            case ValueKind.Dict:
                AppendEntries(context, builder, value.Dict);
                break;
            default:
                builder.Append(value.Object.Describe(context));
                break;
        }
    }

    public static string IntegerText(RenderContext context, Value value)
    {
        if (value.TryGetLong(out long small))
        {
            return small.ToString(CultureInfo.InvariantCulture);
        }

        context.Meter.Step(Numbers.Cost(value) * Numbers.Cost(value));
        return value.Integer.ToString(CultureInfo.InvariantCulture);
    }

    private static void AppendItems(RenderContext context, TextBuilder builder, char open, Value[] items, char close)
    {
        builder.Append(open);
        for (int i = 0; i < items.Length; i++)
        {
            if (i > 0)
            {
                builder.Append(", ");
            }

            AppendRepr(context, builder, items[i]);
        }

        if (items.Length == 1 && close == ')')
        {
            builder.Append(',');
        }

        builder.Append(close);
    }

    private static void AppendEntries(RenderContext context, TextBuilder builder, Dictionary dictionary)
    {
        builder.Append('{');
        bool first = true;
        foreach (var (key, value) in dictionary)
        {
            if (!first)
            {
                builder.Append(", ");
            }

            first = false;
            AppendRepr(context, builder, key);
            builder.Append(": ");
            AppendRepr(context, builder, value);
        }

        builder.Append('}');
    }

    // Single quotes, unless there are some inside and no double ones; what cannot be seen is escaped.
    private static void AppendQuoted(TextBuilder builder, string text, bool markup)
    {
        char quote = text.Contains('\'', StringComparison.Ordinal) && !text.Contains('"', StringComparison.Ordinal) ? '"' : '\'';
        builder.Append(markup ? "Markup(" : "").Append(quote);
        for (int i = 0; i < text.Length;)
        {
            if (Rune.DecodeFromUtf16(text.AsSpan(i), out var rune, out int width) != System.Buffers.OperationStatus.Done)
            {
                builder.Append($"\\u{(int)text[i]:x4}");
                i++;
                continue;
            }

            AppendEscaped(builder, rune, text.AsSpan(i, width), quote);
            i += width;
        }

        builder.Append(quote).Append(markup ? ")" : "");
    }

    private static void AppendEscaped(TextBuilder builder, Rune rune, ReadOnlySpan<char> itself, char quote)
    {
        switch (rune.Value)
        {
            case '\n':
                builder.Append("\\n");
                break;
            case '\r':
                builder.Append("\\r");
                break;
            case '\t':
                builder.Append("\\t");
                break;
            case '\\':
                builder.Append("\\\\");
                break;
            case var c when c == quote:
                builder.Append('\\').Append(quote);
                break;
            case var c when PythonText.IsPrintable(rune):
                builder.Append(itself);
                break;
            case <= 0xFF:
                builder.Append($"\\x{rune.Value:x2}");
                break;
            case <= 0xFFFF:
                builder.Append($"\\u{rune.Value:x4}");
                break;
            default:
                builder.Append($"\\U{rune.Value:x8}");
                break;
        }
    }
}

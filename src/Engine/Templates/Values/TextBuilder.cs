using System.Text;
using Hearth.Engine.Templates.Rendering;

namespace Hearth.Engine.Templates.Values;

/// <summary>Builds a text within the limits: each piece is charged before it is added.</summary>
internal sealed class TextBuilder(Meter meter)
{
    private readonly StringBuilder builder = new();

    public int Length => builder.Length;

    public TextBuilder Append(ReadOnlySpan<char> text)
    {
        meter.CheckLength((long)builder.Length + text.Length);
        meter.Extend(text.Length);
        builder.Append(text);
        return this;
    }

    public TextBuilder Append(char c) => Append(c, 1);

    public TextBuilder Append(char c, long count)
    {
        meter.CheckLength(builder.Length + count);
        meter.Extend(count);
        builder.Append(c, (int)Math.Max(0, count));
        return this;
    }

    public override string ToString() => builder.ToString();
}

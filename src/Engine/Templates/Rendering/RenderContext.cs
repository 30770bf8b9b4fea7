using Hearth.Engine.Templates.Values;

namespace Hearth.Engine.Templates.Rendering;

/// <summary>What one rendering carries along: its meter, how it compares, and what time it is.</summary>
internal sealed class RenderContext
{
    public RenderContext(TemplateLimits limits, TimeProvider clock)
    {
        Meter = new Meter(limits);
        Comparer = new ValueComparer(Meter);
        Clock = clock;
    }

    public Meter Meter { get; }

    public ValueComparer Comparer { get; }

    public TimeProvider Clock { get; }

    /// <summary>A list value, charged.</summary>
    public Value List(Value[] items)
    {
        Meter.Step(items.Length);
        return Value.List(items);
    }

    /// <summary>A list of texts, charged.</summary>
    public Value List(IReadOnlyList<string> texts)
    {
        Meter.Step(4L * texts.Count);
        var items = new Value[texts.Count];
        for (int i = 0; i < items.Length; i++)
        {
            Meter.Extend(texts[i].Length);
            items[i] = Value.From(texts[i]);
        }

        return Value.List(items);
    }

    /// <summary>A text value, charged.</summary>
    public Value Text(string text, bool markup = false)
    {
        Meter.Text(text.Length);
        return Value.Text(text, markup);
    }

    /// <summary>A dictionary to be filled, charged as the table that it is.</summary>
    public Dictionary NewDictionary()
    {
        Meter.Step(16);
        return new Dictionary(Comparer);
    }
}

using Hearth.Engine.Templates.Values;

namespace Hearth.Engine.Templates.Rendering;

/// <summary>
/// The items of a <c>for</c> as they are reached, and the variable <c>loop</c> of its body. Items are taken one at a time, because
/// a condition on the loop may read what its body has set before; only <c>loop.last</c>, <c>nextitem</c> and lengths look ahead.
/// </summary>
internal sealed class Loop(
    Interpreter interpreter, Value[] items, Func<Value, bool>? condition, int depth, Func<Value, int, string>? recurse)
    : TemplateObject
{
    private readonly Queue<Value> ahead = new();
    private int position;
    private int index = -1;
    private int? length = condition is null ? items.Length : null;
    private Value previous;
    private Value current;
    private Value[]? lastChanged;

    public override string TypeName => "LoopContext";

    public override int? Length => CountItems();

    public override bool IsCallable => true;

    public override bool IsIterable => true;

    /// <summary>Goes to the next item.</summary>
    public bool MoveNext(out Value item)
    {
        if (!ahead.TryDequeue(out item) && !TakeItem(out item))
        {
            return false;
        }

        index++;
        previous = current;
        current = item;
        return true;
    }

    public override string Describe(RenderContext context) => $"<LoopContext {index + 1}/{CountItems()}>";

    public override bool TryGetAttribute(RenderContext context, string name, out Value value)
    {
        switch (name)
        {
            case "index":
                value = Value.From(index + 1L);
                break;
            case "index0":
                value = Value.From((long)index);
                break;
            case "first":
                value = Value.From(index == 0);
                break;
            case "last":
                value = Value.From(!PeekNext(out _));
                break;
            case "length":
                value = Value.From((long)CountItems());
                break;
            case "revindex":
                value = Value.From((long)CountItems() - index);
                break;
            case "revindex0":
                value = Value.From((long)CountItems() - index - 1);
                break;
            case "depth":
                value = Value.From(depth + 1L);
                break;
            case "depth0":
                value = Value.From((long)depth);
                break;
            case "previtem":
                value = index == 0 ? Value.Undefined("there is no previous item") : previous;
                break;
            case "nextitem":
                value = PeekNext(out var next) ? next : Value.Undefined("there is no next item");
                break;
            case "cycle":
                value = Value.From(new BoundMethod(name, Value.From(this), (_, _, arguments) => Cycle(arguments)));
                break;
            case "changed":
                value = Value.From(new BoundMethod(name, Value.From(this), (caller, _, arguments) => Changed(caller, arguments)));
                break;
            default:
                value = default;
                return false;
        }

        return true;
    }

    /// <summary><c>loop(items)</c>: runs the loop once more, within itself, over other items.</summary>
    public override Value Call(RenderContext context, Arguments arguments)
    {
        var inner = arguments.Bind("loop", 1, "iterable").Required(0);
        return recurse is null
            ? throw new Fault("the loop must have the 'recursive' marker to be called recursively")
            : Value.From(recurse(inner, depth + 1));
    }

    private bool PeekNext(out Value next)
    {
        if (ahead.TryPeek(out next))
        {
            return true;
        }

        if (!TakeItem(out next))
        {
            return false;
        }

        ahead.Enqueue(next);
        return true;
    }

    private bool TakeItem(out Value item)
    {
        while (position < items.Length)
        {
            interpreter.Context.Meter.Step();
            item = items[position++];
            if (condition is null || condition(item))
            {
                return true;
            }
        }

        item = default;
        return false;
    }

    private int CountItems()
    {
        if (length is null)
        {
            while (TakeItem(out var item))
            {
                ahead.Enqueue(item);
            }

            length = index + 1 + ahead.Count;
        }

        return length.Value;
    }

    private Value Cycle(Arguments arguments)
        => arguments.Positional.Length == 0
            ? throw new Fault("no items for cycling given")
            : arguments.Positional[index % arguments.Positional.Length];

    private Value Changed(RenderContext context, Arguments arguments)
    {
        bool same = lastChanged is not null && context.Comparer.Equals(Value.Tuple(lastChanged), Value.Tuple(arguments.Positional));
        lastChanged = arguments.Positional;
        return Value.From(!same);
    }
}

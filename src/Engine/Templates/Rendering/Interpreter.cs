using Hearth.Engine.Templates.Builtins;
using Hearth.Engine.Templates.Syntax;
using Hearth.Engine.Templates.Values;

namespace Hearth.Engine.Templates.Rendering;

/// <summary>Executes the statements of a template. One per rendering; the template itself is not changed.</summary>
internal sealed partial class Interpreter(RenderContext context)
{
    private TextBuilder output = new(context.Meter);

    /// <summary>How a statement ended.</summary>
    private enum Flow
    {
        Normal,
        Break,
        Continue,
    }

    public RenderContext Context => context;

    /// <summary>The line that is being executed.</summary>
    public int Line { get; private set; }

    /// <summary>Renders a template.</summary>
    public string Run(Statement[] template, Dictionary variables)
    {
        var globals = new Scope(null);
        foreach (var (name, value) in Globals.All)
        {
            globals.Set(name, value);
        }

        var given = new Scope(globals);
        foreach (var (name, value) in variables)
        {
            given.Set(name.String, value);
        }

        Execute(template, new Scope(given));
        return output.ToString();
    }

    /// <summary>Executes a body and returns what it prints.</summary>
    public string Capture(Statement[] body, Scope scope)
    {
        var outer = output;
        output = new TextBuilder(context.Meter);
        Execute(body, scope);
        string text = output.ToString();
        output = outer;
        return text;
    }

    private Flow Execute(Statement[] body, Scope scope)
    {
        context.Meter.Enter();
        var flow = Flow.Normal;
        for (int i = 0; i < body.Length && flow == Flow.Normal; i++)
        {
            flow = Execute(body[i], scope);
        }

        context.Meter.Leave();
        return flow;
    }

    private Flow Execute(Statement statement, Scope scope)
    {
        context.Meter.Step();
        Line = statement.Line;
        switch (statement)
        {
            case TextOutput text:
                output.Append(text.Text);
                return Flow.Normal;
            case ValueOutput print:
                Print(Evaluate(print.Value, scope));
                return Flow.Normal;
            case If branch:
                return ExecuteIf(branch, scope);
            case For loop:
                return ExecuteFor(loop, scope);
            case LoopControl control:
                return control.Ends ? Flow.Break : Flow.Continue;
            case Assignment assignment:
                CheckNamespaces(assignment.Target, scope);
                Assign(assignment.Target, Evaluate(assignment.Value, scope), scope);
                return Flow.Normal;
            case BlockAssignment assignment:
                var captured = Value.From(Capture(assignment.Body, Inner(scope)));
                Assign(assignment.Target, assignment.Filter is { } f ? FilterText(f, captured, scope) : captured, scope);
                return Flow.Normal;
            case With with:
                return ExecuteWith(with, scope);
            case MacroDefinition macro:
                scope.Set(macro.Signature.Name, Value.From(new Macro(this, macro.Signature, macro.Body, scope)));
                return Flow.Normal;
            case CallBlock block:
                Print(ExecuteCall(block, scope));
                return Flow.Normal;
            case FilterBlock block:
                Print(FilterText(block.Filter, Value.From(Capture(block.Body, Inner(scope))), scope));
                return Flow.Normal;
            case ScopedBody block:
                return Execute(block.Body, Inner(scope));
            default:
                throw new Fault("the template has a statement that cannot be executed");
        }
    }

    private Scope Inner(Scope outer)
    {
        context.Meter.Step(Scope.Cost);
        return new Scope(outer);
    }

    private void Print(Value value) => output.Append(ValueText.Str(context, value));

    private Flow ExecuteIf(If statement, Scope scope)
    {
        foreach (var (condition, body) in statement.Branches)
        {
            if (Evaluate(condition, scope).IsTrue)
            {
                return Execute(body, scope);
            }
        }

        return Execute(statement.Otherwise, scope);
    }

    private Flow ExecuteFor(For statement, Scope scope)
    {
        var items = Evaluate(statement.Items, scope);
        if (!statement.IsRecursive)
        {
            return RunLoop(statement, items, 0, null, scope);
        }

        string Recurse(Value inner, int depth)
        {
            var outer = output;
            output = new TextBuilder(context.Meter);
            context.Meter.Enter();
            RunLoop(statement, inner, depth, Recurse, scope);
            context.Meter.Leave();
            string text = output.ToString();
            output = outer;
            return text;
        }

        output.Append(Recurse(items, 0));
        return Flow.Normal;
    }

    private Flow RunLoop(For statement, Value items, int depth, Func<Value, int, string>? recurse, Scope scope)
    {
        Func<Value, bool>? condition = statement.Condition is not { } expression
            ? null
            : item =>
            {
                var test = Inner(scope);
                Assign(statement.Target, item, test);
                return Evaluate(expression, test).IsTrue;
            };
        var loop = new Loop(this, Iteration.Items(context, items), condition, depth, recurse);
        bool completed = false;
        while (loop.MoveNext(out var item))
        {
            var round = Inner(scope);
            round.Set("loop", Value.From(loop));
            Assign(statement.Target, item, round);
            var flow = Execute(statement.Body, round);
            if (flow == Flow.Break)
            {
                break;
            }

            // As in Jinja, a round that is cut short does not count for the else branch.
            completed |= flow == Flow.Normal;
        }

        return completed ? Flow.Normal : Execute(statement.Otherwise, Inner(scope));
    }

    private Flow ExecuteWith(With statement, Scope scope)
    {
        var inner = Inner(scope);
        foreach (var (target, value) in statement.Bindings)
        {
            Assign(target, Evaluate(value, scope), inner);
        }

        return Execute(statement.Body, inner);
    }

    private Value ExecuteCall(CallBlock block, Scope scope)
    {
        var callee = Evaluate(block.Call.Callee, scope);
        var arguments = EvaluateArguments(block.Call.Arguments, scope);
        var caller = Value.From(new Macro(this, block.Signature, block.Body, scope));
        return Invoke(callee, arguments with { Named = [.. arguments.Named, new("caller", caller)] });
    }

    private Value FilterText(FilterCall filter, Value text, Scope scope)
    {
        var input = filter.Input is FilterCall inner ? FilterText(inner, text, scope) : text;
        return FilterCatalog.Apply(context, filter.Name, input, EvaluateArguments(filter.Arguments, scope));
    }

    /// <summary>Jinja refuses an attribute assignment before it evaluates the value.</summary>
    private void CheckNamespaces(Target target, Scope scope)
    {
        switch (target)
        {
            case NamespaceTarget member:
                FindNamespace(member, scope);
                break;
            case TupleTarget tuple:
                Array.ForEach(tuple.Items, item => CheckNamespaces(item, scope));
                break;
        }
    }

    private Namespace FindNamespace(NamespaceTarget member, Scope scope)
        => scope.TryGet(context.Meter, member.Owner, out var owner) && owner.TryGetObject<Namespace>(out var space)
            ? space
            : throw new Fault($"'{member.Owner}' is not a namespace, so that '{member.Owner}.{member.Name}' cannot be set");

    private void Assign(Target target, Value value, Scope scope)
    {
        switch (target)
        {
            case NameTarget name:
                scope.Set(name.Name, value);
                break;
            case NamespaceTarget member:
                FindNamespace(member, scope).Set(member.Name, value);
                break;
            case TupleTarget tuple:
                var items = Iteration.Items(context, value);
                if (items.Length != tuple.Items.Length)
                {
                    throw new Fault($"{items.Length} value(s) cannot be unpacked into {tuple.Items.Length} name(s)");
                }

                for (int i = 0; i < items.Length; i++)
                {
                    Assign(tuple.Items[i], items[i], scope);
                }

                break;
        }
    }
}

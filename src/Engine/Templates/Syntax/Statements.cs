namespace Hearth.Engine.Templates.Syntax;

/// <summary>A node that is executed. Nodes are immutable, so that one template serves many threads.</summary>
internal abstract class Statement(int line)
{
    /// <summary>The template's line, counted from 1.</summary>
    public int Line { get; } = line;
}

/// <summary>Text outside of tags.</summary>
internal sealed class TextOutput(int line, string text) : Statement(line)
{
    public string Text { get; } = text;
}

/// <summary><c>{{ value }}</c>.</summary>
internal sealed class ValueOutput(int line, Expression value) : Statement(line)
{
    public Expression Value { get; } = value;
}

/// <summary><c>if</c> with its <c>elif</c> and <c>else</c> branches.</summary>
internal sealed class If(int line, (Expression Condition, Statement[] Body)[] branches, Statement[] otherwise) : Statement(line)
{
    public (Expression Condition, Statement[] Body)[] Branches { get; } = branches;

    public Statement[] Otherwise { get; } = otherwise;
}

internal sealed class For(
    int line, Target target, Expression items, Expression? condition, bool isRecursive, Statement[] body, Statement[] otherwise)
    : Statement(line)
{
    public Target Target { get; } = target;

    public Expression Items { get; } = items;

    public Expression? Condition { get; } = condition;

    /// <summary>True if the body may call <c>loop(items)</c>.</summary>
    public bool IsRecursive { get; } = isRecursive;

    public Statement[] Body { get; } = body;

    public Statement[] Otherwise { get; } = otherwise;
}

/// <summary><c>break</c> or <c>continue</c>.</summary>
internal sealed class LoopControl(int line, bool ends) : Statement(line)
{
    public bool Ends { get; } = ends;
}

/// <summary><c>set target = value</c>.</summary>
internal sealed class Assignment(int line, Target target, Expression value) : Statement(line)
{
    public Target Target { get; } = target;

    public Expression Value { get; } = value;
}

/// <summary><c>set target</c> ... <c>endset</c>.</summary>
internal sealed class BlockAssignment(int line, Target target, FilterCall? filter, Statement[] body) : Statement(line)
{
    public Target Target { get; } = target;

    public FilterCall? Filter { get; } = filter;

    public Statement[] Body { get; } = body;
}

/// <summary><c>with name = value</c> ... <c>endwith</c>.</summary>
internal sealed class With(int line, (Target Target, Expression Value)[] bindings, Statement[] body) : Statement(line)
{
    public (Target Target, Expression Value)[] Bindings { get; } = bindings;

    public Statement[] Body { get; } = body;
}

internal sealed class MacroDefinition(int line, MacroSignature signature, Statement[] body) : Statement(line)
{
    public MacroSignature Signature { get; } = signature;

    public Statement[] Body { get; } = body;
}

/// <summary><c>call(parameters) callee(arguments)</c> ... <c>endcall</c>: the body is the callee's <c>caller</c>.</summary>
internal sealed class CallBlock(int line, Call call, MacroSignature signature, Statement[] body) : Statement(line)
{
    public Call Call { get; } = call;

    public MacroSignature Signature { get; } = signature;

    public Statement[] Body { get; } = body;
}

/// <summary><c>filter name</c> ... <c>endfilter</c>.</summary>
internal sealed class FilterBlock(int line, FilterCall filter, Statement[] body) : Statement(line)
{
    public FilterCall Filter { get; } = filter;

    public Statement[] Body { get; } = body;
}

/// <summary>A body with a scope of its own: <c>generation</c>, <c>block</c>, <c>autoescape false</c>.</summary>
internal sealed class ScopedBody(int line, Statement[] body) : Statement(line)
{
    public Statement[] Body { get; } = body;
}

/// <summary>What a macro takes.</summary>
/// <param name="Name">The macro's name; of a call block's body <c>caller</c>.</param>
/// <param name="Parameters">The parameters' names and defaults.</param>
/// <param name="TakesCaller">True if the body reads <c>caller</c>.</param>
/// <param name="TakesVarargs">True if the body reads <c>varargs</c>.</param>
/// <param name="TakesKwargs">True if the body reads <c>kwargs</c>.</param>
internal sealed record MacroSignature(
    string Name, (string Name, Expression? Default)[] Parameters, bool TakesCaller, bool TakesVarargs, bool TakesKwargs);

/// <summary>What an assignment assigns to.</summary>
internal abstract class Target;

internal sealed class NameTarget(string name) : Target
{
    public string Name { get; } = name;
}

/// <summary><c>namespace.name</c>.</summary>
internal sealed class NamespaceTarget(string owner, string name) : Target
{
    public string Owner { get; } = owner;

    public string Name { get; } = name;
}

internal sealed class TupleTarget(Target[] items) : Target
{
    public Target[] Items { get; } = items;
}

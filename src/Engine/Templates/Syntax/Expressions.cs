using Hearth.Engine.Templates.Values;

namespace Hearth.Engine.Templates.Syntax;

/// <summary>A node that has a value. Nodes are immutable, so that one template serves many threads.</summary>
internal abstract class Expression(int line)
{
    /// <summary>The template's line, counted from 1.</summary>
    public int Line { get; } = line;
}

internal sealed class Literal(int line, Value value) : Expression(line)
{
    public Value Value { get; } = value;
}

internal sealed class NameReference(int line, string name) : Expression(line)
{
    public string Name { get; } = name;
}

/// <summary><c>[a, b]</c>, or <c>(a, b)</c> if <paramref name="isTuple"/>.</summary>
internal sealed class SequenceDisplay(int line, Expression[] items, bool isTuple) : Expression(line)
{
    public Expression[] Items { get; } = items;

    public bool IsTuple { get; } = isTuple;
}

internal sealed class DictDisplay(int line, (Expression Key, Expression Value)[] entries) : Expression(line)
{
    public (Expression Key, Expression Value)[] Entries { get; } = entries;
}

/// <summary><c>-x</c>, <c>+x</c> or <c>not x</c>.</summary>
internal sealed class Unary(int line, string symbol, Expression operand) : Expression(line)
{
    public string Symbol { get; } = symbol;

    public Expression Operand { get; } = operand;
}

/// <summary>An arithmetic operator, or <c>and</c> or <c>or</c>.</summary>
internal sealed class Binary(int line, string symbol, Expression left, Expression right) : Expression(line)
{
    public string Symbol { get; } = symbol;

    public Expression Left { get; } = left;

    public Expression Right { get; } = right;
}

/// <summary><c>a ~ b ~ c</c>.</summary>
internal sealed class Concatenation(int line, Expression[] parts) : Expression(line)
{
    public Expression[] Parts { get; } = parts;
}

/// <summary><c>a &lt; b &lt;= c</c>: each operand is evaluated once.</summary>
internal sealed class Comparison(int line, Expression first, (string Symbol, Expression Operand)[] rest) : Expression(line)
{
    public Expression First { get; } = first;

    public (string Symbol, Expression Operand)[] Rest { get; } = rest;
}

/// <summary><c>a if condition else b</c>; the last part may be missing.</summary>
internal sealed class Conditional(int line, Expression condition, Expression then, Expression? otherwise) : Expression(line)
{
    public Expression Condition { get; } = condition;

    public Expression Then { get; } = then;

    public Expression? Otherwise { get; } = otherwise;
}

internal sealed class AttributeAccess(int line, Expression owner, string name) : Expression(line)
{
    public Expression Owner { get; } = owner;

    public string Name { get; } = name;
}

internal sealed class ItemAccess(int line, Expression owner, Expression key) : Expression(line)
{
    public Expression Owner { get; } = owner;

    public Expression Key { get; } = key;
}

/// <summary><c>owner[start:stop:step]</c>.</summary>
internal sealed class SliceAccess(int line, Expression owner, Expression? start, Expression? stop, Expression? step) : Expression(line)
{
    public Expression Owner { get; } = owner;

    public Expression? Start { get; } = start;

    public Expression? Stop { get; } = stop;

    public Expression? Step { get; } = step;
}

internal sealed class Call(int line, Expression callee, CallArguments arguments) : Expression(line)
{
    public Expression Callee { get; } = callee;

    public CallArguments Arguments { get; } = arguments;
}

/// <summary><c>input | name(arguments)</c>; without an input it filters the body of a block.</summary>
internal sealed class FilterCall(int line, Expression? input, string name, CallArguments arguments) : Expression(line)
{
    public Expression? Input { get; } = input;

    public string Name { get; } = name;

    public CallArguments Arguments { get; } = arguments;
}

/// <summary><c>input is name(arguments)</c>.</summary>
internal sealed class TestCall(int line, Expression input, string name, CallArguments arguments) : Expression(line)
{
    public Expression Input { get; } = input;

    public string Name { get; } = name;

    public CallArguments Arguments { get; } = arguments;
}

/// <summary>The arguments of a call as written: by position, by name, <c>*spread</c> and <c>**spread</c>.</summary>
internal sealed record CallArguments(
    Expression[] Positional, (string Name, Expression Value)[] Named, Expression? Spread, Expression? NamedSpread)
{
    public static CallArguments None { get; } = new([], [], null, null);
}

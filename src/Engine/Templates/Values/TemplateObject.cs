using System.Runtime.CompilerServices;
using Hearth.Engine.Templates.Rendering;

namespace Hearth.Engine.Templates.Values;

/// <summary>A value with behaviour of its own. What a kind of object cannot do, it leaves at the answer given here.</summary>
internal abstract class TemplateObject
{
    /// <summary>The type's name in Python's messages.</summary>
    public abstract string TypeName { get; }

    /// <summary>The number of items; null if the object has no length.</summary>
    public virtual int? Length => null;

    public virtual bool IsCallable => false;

    public virtual bool IsIterable => false;

    /// <summary>True if items can be read by index, which Jinja asks for in <c>is sequence</c>.</summary>
    public virtual bool IsIndexable => false;

    public virtual int HashCode => RuntimeHelpers.GetHashCode(this);

    /// <summary>What printing the object gives.</summary>
    public virtual string Describe(RenderContext context) => $"<{TypeName} object>";

    public virtual bool TryGetAttribute(RenderContext context, string name, out Value value)
    {
        value = default;
        return false;
    }

    public virtual bool TryGetItem(RenderContext context, Value key, out Value value)
    {
        value = default;
        return false;
    }

    /// <summary>The items, charged to the context's meter.</summary>
    public virtual Value[] Iterate(RenderContext context) => throw new Fault($"'{TypeName}' object is not iterable");

    /// <summary>Calls the object.</summary>
    public virtual Value Call(RenderContext context, Arguments arguments) => throw new Fault($"'{TypeName}' object is not callable");

    /// <summary>True if two different objects are equal all the same.</summary>
    public virtual bool IsEqualTo(TemplateObject other, ValueComparer comparer) => false;
}

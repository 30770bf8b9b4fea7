using Hearth.Engine.Templates.Values;

namespace Hearth.Engine.Templates.Rendering;

/// <summary>What a method or function of the language does.</summary>
/// <param name="context">The rendering.</param>
/// <param name="self">The value that the method belongs to.</param>
/// <param name="arguments">The call's arguments.</param>
internal delegate Value Method(RenderContext context, Value self, Arguments arguments);

/// <summary>A method together with the value it was read from: <c>text.split</c> before the brackets.</summary>
internal sealed class BoundMethod(string name, Value self, Method method) : TemplateObject
{
    public override string TypeName => "builtin_function_or_method";

    public override bool IsCallable => true;

    public override string Describe(RenderContext context) => $"<built-in method {name} of {self.TypeName} object>";

    public override Value Call(RenderContext context, Arguments arguments) => method(context, self, arguments);
}

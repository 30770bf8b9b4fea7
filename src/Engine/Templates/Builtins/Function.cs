using Hearth.Engine.Templates.Rendering;
using Hearth.Engine.Templates.Values;

namespace Hearth.Engine.Templates.Builtins;

/// <summary>A global function.</summary>
internal sealed class Function(string name, Method method) : TemplateObject
{
    public override string TypeName => "function";

    public override bool IsCallable => true;

    public override string Describe(RenderContext context) => $"<function {name}>";

    public override Value Call(RenderContext context, Arguments arguments) => method(context, Value.None, arguments);
}

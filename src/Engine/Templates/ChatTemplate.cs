using System.Text.Json;
using System.Text.Json.Nodes;
using Hearth.Engine.Templates.Rendering;
using Hearth.Engine.Templates.Syntax;
using Hearth.Engine.Templates.Values;

namespace Hearth.Engine.Templates;

/// <summary>
/// A chat template as models carry it (<c>tokenizer.chat_template</c>): Jinja2 in the sandbox and with the settings of Hugging
/// Face's tokenizers. A template is untrusted; its size, depth, work and output are bounded. A parsed template does not change and
/// may be rendered by many threads at once; <c>docs/templates.md</c> says what is covered.
/// </summary>
public sealed class ChatTemplate
{
    private readonly Statement[] body;
    private readonly TemplateLimits limits;

    private ChatTemplate(Statement[] body, TemplateLimits limits)
    {
        this.body = body;
        this.limits = limits;
    }

    /// <summary>Parses a template.</summary>
    /// <param name="source">The template's source.</param>
    /// <exception cref="TemplateException">The source is not a template, or is too large or nested too deep.</exception>
    public static ChatTemplate Parse(string source) => Parse(source, TemplateLimits.Default);

    /// <summary>Parses a template that may use less than others.</summary>
    internal static ChatTemplate Parse(string source, TemplateLimits limits)
    {
        ArgumentNullException.ThrowIfNull(source);
        return new ChatTemplate(StatementParser.Parse(source, limits), limits);
    }

    /// <summary>Renders the template.</summary>
    /// <param name="variables">
    /// A JSON object. The order of keys is kept, and a number is a float if it is written as one. A key that is absent is
    /// undefined, which differs from null.
    /// </param>
    /// <param name="clock">What <c>strftime_now</c> reads; the local time of this provider.</param>
    /// <exception cref="TemplateException">The template fails, refuses the conversation, or uses more than it may.</exception>
    public string Render(JsonElement variables, TimeProvider clock)
        => Render(context => new JsonInput(context).ReadObject(variables), clock);

    /// <summary>Renders the template.</summary>
    /// <param name="variables">
    /// The variables. The order of keys is kept, and a number is a float if it was written as one in JSON text or made from a
    /// <see cref="double"/>. A key that is absent is undefined, which differs from null.
    /// </param>
    /// <param name="clock">What <c>strftime_now</c> reads; the local time of this provider.</param>
    /// <exception cref="TemplateException">The template fails, refuses the conversation, or uses more than it may.</exception>
    public string Render(JsonObject variables, TimeProvider clock)
    {
        ArgumentNullException.ThrowIfNull(variables);
        return Render(context => new JsonInput(context).ReadObject(variables), clock);
    }

    /// <summary>Renders the template with variables that are made for the rendering.</summary>
    internal string Render(Func<RenderContext, Dictionary> variables, TimeProvider clock)
    {
        ArgumentNullException.ThrowIfNull(clock);
        var context = new RenderContext(limits, clock);
        var interpreter = new Interpreter(context);
        try
        {
            return interpreter.Run(body, Read(variables, context));
        }
        catch (Fault fault)
        {
            string message = fault.IsRefusal
                ? fault.Message
                : $"The chat template fails at line {interpreter.Line}: {fault.Message}.";
            throw new TemplateException(message, interpreter.Line, fault.IsRefusal);
        }
    }

    private static Dictionary Read(Func<RenderContext, Dictionary> variables, RenderContext context)
    {
        try
        {
            return variables(context);
        }
        catch (InvalidOperationException)
        {
            throw new Fault("its variables hold text that is not valid Unicode");
        }
    }
}

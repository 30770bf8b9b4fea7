namespace Hearth.Engine.Templates;

/// <summary>
/// A chat template cannot be parsed or rendered, or it refused the conversation through <c>raise_exception</c>. The message is one
/// sentence; a template's own refusal is passed through unchanged.
/// </summary>
public sealed class TemplateException : Exception
{
    /// <summary>Creates the exception.</summary>
    /// <param name="message">One sentence; it names the line where there is one.</param>
    /// <param name="line">The template's line, counted from 1; 0 where no line is to blame.</param>
    /// <param name="isRefusal">True if the template itself refused the conversation.</param>
    public TemplateException(string message, int line = 0, bool isRefusal = false)
        : base(message)
    {
        Line = line;
        IsRefusal = isRefusal;
    }

    /// <summary>The template's line that failed, counted from 1; 0 where no line is to blame.</summary>
    public int Line { get; }

    /// <summary>
    /// True if the template called <c>raise_exception</c>, i.e. the conversation is not one that the model was trained on (roles
    /// that do not alternate, for example); false if the template is at fault.
    /// </summary>
    public bool IsRefusal { get; }
}

namespace Hearth.Engine.Templates.Syntax;

/// <summary>The exception for a template that does not follow the language.</summary>
internal static class SyntaxError
{
    /// <summary>Makes the exception.</summary>
    /// <param name="line">The template's line.</param>
    /// <param name="message">A clause without full stop.</param>
    public static TemplateException At(int line, string message)
        => new($"The chat template cannot be read at line {line}: {message}.", line);
}

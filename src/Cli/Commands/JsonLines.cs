using System.Buffers;
using System.Text.Encodings.Web;
using System.Text.Json;

namespace Hearth.Cli.Commands;

/// <summary>
/// JSON in lines: an object on each line of standard input, an object on each line of standard output, in the same order. A line that
/// cannot be answered gets <c>{"error": "..."}</c>, and the rest goes on.
/// </summary>
internal static class JsonLines
{
    private static readonly JsonWriterOptions Options = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <summary>Answers each line of standard input until it ends.</summary>
    /// <param name="terminal">Where the lines come from and go to.</param>
    /// <param name="answer">Writes one answer, an object.</param>
    public static int Answer(Terminal terminal, Action<JsonElement, Utf8JsonWriter> answer)
    {
        var buffer = new ArrayBufferWriter<byte>();
        using var writer = new Utf8JsonWriter(buffer, Options);
        while (terminal.Input.ReadLine() is { } line)
        {
            try
            {
                Write(writer, buffer, line, answer);
            }
            catch (Exception error) when (error is not OutOfMemoryException)
            {
                buffer.ResetWrittenCount();
                writer.Reset(buffer);
                writer.WriteStartObject();
                writer.WriteString("error", error is JsonException ? $"The line is not JSON: {error.Message}" : error.Message);
                writer.WriteEndObject();
                writer.Flush();
            }

            buffer.Write("\n"u8);
            terminal.OutputBytes.Write(buffer.WrittenSpan);
            terminal.OutputBytes.Flush();
            buffer.ResetWrittenCount();
            writer.Reset(buffer);
        }

        return ExitCodes.Success;
    }

    /// <summary>Answers one object that may span lines.</summary>
    /// <param name="terminal">Where the object comes from.</param>
    /// <param name="answer">Does something with it.</param>
    public static int AnswerOne(Terminal terminal, Action<JsonElement> answer)
    {
        try
        {
            using var document = JsonDocument.Parse(terminal.Input.ReadToEnd());
            answer(Object(document));
            return ExitCodes.Success;
        }
        catch (Exception error) when (error is JsonException or FormatException)
        {
            throw new CommandException($"Standard input is not what it should be: {error.Message}", ExitCodes.Input, error);
        }
    }

    private static void Write(
        Utf8JsonWriter writer, ArrayBufferWriter<byte> buffer, string line, Action<JsonElement, Utf8JsonWriter> answer)
    {
        using var document = JsonDocument.Parse(line);
        var question = Object(document);
        answer(question, writer);
        writer.Flush();
    }

    private static JsonElement Object(JsonDocument document)
        => document.RootElement.ValueKind == JsonValueKind.Object
            ? document.RootElement
            : throw new FormatException($"A JSON object should stand there, not {document.RootElement.ValueKind}.");
}

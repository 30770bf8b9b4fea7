using System.Buffers;
using System.Text.Encodings.Web;
using System.Text.Json;
using Hearth.Engine.Sessions;

namespace Hearth.Cli.Rendering;

/// <summary>Writes generated tokens as they come, each as a JSON object on a line of its own, with its log-probability and the best ones.</summary>
internal sealed class TokenLines(Terminal terminal) : IDisposable
{
    private static readonly JsonWriterOptions Options = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    private readonly ArrayBufferWriter<byte> buffer = new();
    private readonly Utf8JsonWriter writer = new(Stream.Null, Options);

    /// <summary>Writes a piece; text that was held back until the end has no token of its own, and the line neither.</summary>
    public void Write(GeneratedPiece piece)
    {
        buffer.ResetWrittenCount();
        writer.Reset(buffer);
        writer.WriteStartObject();
        writer.WriteString("text", piece.Text);
        if (piece.Token >= 0)
        {
            writer.WriteNumber("token", piece.Token);
            writer.WriteNumber("logprob", piece.LogProbability);
            writer.WriteStartArray("top");
            foreach (var best in piece.Top)
            {
                writer.WriteStartArray();
                writer.WriteNumberValue(best.Token);
                if (float.IsFinite(best.LogProbability))
                    writer.WriteNumberValue(best.LogProbability);
                else
                    writer.WriteStringValue("-inf");
                writer.WriteEndArray();
            }

            writer.WriteEndArray();
        }

        writer.WriteEndObject();
        writer.Flush();
        buffer.Write("\n"u8);
        terminal.OutputBytes.Write(buffer.WrittenSpan);
        terminal.OutputBytes.Flush();
    }

    public void Dispose() => writer.Dispose();
}

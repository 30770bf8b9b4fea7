using System.Buffers;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using Hearth.Engine.Templates;

namespace Hearth.Engine.Sessions;

/// <summary>What a saved conversation says beside its tokens: who said what.</summary>
internal static class ChatNote
{
    private static readonly JsonWriterOptions Relaxed = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <summary>Writes a conversation.</summary>
    public static string Write(string? systemPrompt, IReadOnlyList<ChatMessage> messages)
    {
        var buffer = new ArrayBufferWriter<byte>();
        using (var writer = new Utf8JsonWriter(buffer, Relaxed))
        {
            writer.WriteStartObject();
            writer.WriteString("system", systemPrompt);
            writer.WriteStartArray("messages");
            foreach (var message in messages)
            {
                writer.WriteStartObject();
                writer.WriteString("role", message.Role);
                writer.WriteString("content", message.Content);
                writer.WriteEndObject();
            }

            writer.WriteEndArray();
            writer.WriteEndObject();
        }

        return Encoding.UTF8.GetString(buffer.WrittenSpan);
    }

    /// <summary>Reads a conversation.</summary>
    /// <exception cref="SessionFileException">The note is none.</exception>
    public static (string? SystemPrompt, List<ChatMessage> Messages) Read(string note, string path)
    {
        try
        {
            using var document = JsonDocument.Parse(note);
            var root = document.RootElement;
            var messages = new List<ChatMessage>();
            foreach (var message in root.GetProperty("messages").EnumerateArray())
            {
                string? role = message.GetProperty("role").GetString();
                string? content = message.GetProperty("content").GetString();
                if (role is not ("user" or "assistant") || content is null)
                    throw new FormatException();
                messages.Add(new ChatMessage(role, content));
            }

            return (root.GetProperty("system").GetString(), messages);
        }
        catch (Exception e) when (e is JsonException or KeyNotFoundException or InvalidOperationException or FormatException)
        {
            throw new SessionFileException($"{path}: holds no conversation.", e);
        }
    }
}

// Stands in until the tokenizer (PieceDecoder) and template (ChatFormatter) rooms land; delete a type here when its own lands.
#pragma warning disable
namespace Hearth.Engine.Tokenization { internal sealed class PieceDecoder(ITokenizer t, bool s) { public string Append(int id) => System.Text.Encoding.UTF8.GetString(t.Piece(id, s)); public string Flush() => ""; } }
namespace Hearth.Engine.Templates { public sealed class ChatFormatter {} }

// Stands in until the tokenizer room (PieceDecoder) lands; delete it when its own lands.
#pragma warning disable
namespace Hearth.Engine.Tokenization { internal sealed class PieceDecoder(ITokenizer t, bool s) { public string Append(int id) => System.Text.Encoding.UTF8.GetString(t.Piece(id, s)); public string Flush() => ""; } }

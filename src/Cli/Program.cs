using Hearth.Cli;

using var terminal = Terminal.OfProcess();
return Application.Run(args, terminal);

using Hearth.Cli;

using var terminal = Terminal.OfProcess();
int code = Application.Run(args, terminal);
return terminal.Interrupts.Ending ?? code;

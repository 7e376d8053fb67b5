Console.WriteLine("millwright");
